#include "providers/host/release_plan.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

constexpr Milliseconds upload_time{1'800'000};

const std::array<Field, 1> file_table = {
    Field{.name = "files", .type = FieldType::tree, .help = "The files of the release."}};

bool lies_below(std::string_view name, std::string_view above) {
  return name.size() > above.size() && name.starts_with(above) && name[above.size()] == '/';
}

Status check_tree(const ReleaseInputs& inputs) {
  const Value* entries = inputs.source.find("entries");
  if (!entries || !entries->map()) return {};
  if (entries->map()->empty())
    return fail(Cause::config, fmt::format("'{}' has no files", text_at(inputs.source, "path")));
  if (entries->find("REVISION.json"))
    return fail(Cause::config, "the source has a 'REVISION.json', which deployctl writes",
                "rename or leave out that file");
  for (const auto& [shared, target] : inputs.shared)
    for (const auto& [name, entry] : *entries->map())
      if (name == shared || lies_below(name, shared) || lies_below(shared, name))
        return fail(Cause::config, fmt::format("'{}' is in the source and '{}' is shared", name, shared),
                    "leave it out of one of them");
  return {};
}

// Of an archive nobody knows the files before it is unpacked, but what was changed by hand since is known.
std::vector<FieldChange> archive_changes(const ReleaseInputs& inputs, const Observation& seen) {
  const bool same = text_at(seen.managed, "digest") == release_digest(inputs);
  if (!same) {
    const Value* before = seen.managed.find("archive");
    return {{.path = "archive",
             .before = before ? *before : Value(),
             .after = "sha256:" + text_at(inputs.archive, "sha256")}};
  }
  const Value* drift = seen.managed.find("drift");
  if (!drift || !drift->map()) return {};
  Value::Map now, was;
  for (const auto& [name, pair] : *drift->map()) {
    if (!pair.find("now")->is_null()) now.emplace(name, *pair.find("now"));
    was.emplace(name, *pair.find("was"));
  }
  return diff_fields(file_table, Value::Map{{"files", Value::Map{{"entries", std::move(now)}}}},
                     Value::Map{{"files", Value::Map{{"entries", std::move(was)}}}})
      .fields;
}

std::vector<FieldChange> content_changes(const ReleaseInputs& inputs, const Observation& seen) {
  if (inputs.source.is_null()) return archive_changes(inputs, seen);
  const Value wanted = Value::Map{{"files", Value::Map{{"entries", wanted_entries(inputs)}}}};
  const Value none = Value::Map{{"files", Value::Map{{"entries", Value::Map{}}}}};
  return diff_fields(file_table, seen.exists ? seen.managed : none, wanted).fields;
}

// A live release that was changed by hand cannot be repaired in place: the repaired one gets another name.
std::string free_name(const ReleaseInputs& inputs, const Observation& seen) {
  const std::string name = release_name(inputs);
  return text_at(seen.managed, "current") == "releases/" + name ? name + "-1" : name;
}

std::optional<ReadyRule> ready_rule(const ReleaseInputs& inputs) {
  if (inputs.health)
    return ReadyRule{.within = inputs.health->within,
                     .interval = inputs.health->interval,
                     .consecutive = inputs.health->consecutive};
  if (inputs.systemd) return ReadyRule{.consecutive = 3}; // a unit that dies at once is active for a moment
  return std::nullopt;
}

std::string downtime_of(const ReleaseInputs& inputs) {
  if (!inputs.systemd || inputs.systemd->action == "reload") return {};
  return fmt::format("'{}' restarts; without a socket unit requests are refused until it listens",
                     inputs.systemd->unit);
}

// As the host has it; null: there is none. Only of a unit that is ours to write.
void note_unit(const ReleaseInputs& inputs, const Observation& seen, Value& basis) {
  if (!inputs.systemd || !inputs.systemd->service) return;
  const Value* unit = seen.facts.find("unit_file");
  basis["unit_before"] = unit ? *unit : Value();
}

std::vector<FieldChange> service_changes(const ReleaseInputs& inputs, const Observation& seen) {
  if (!inputs.systemd || !inputs.systemd->service) return {};
  return unit_changes(text_at(seen.facts, "unit_file"), unit_text(*inputs.systemd, inputs.path));
}

Value basis(const Ask& ask, const std::string& from, const std::string& to) {
  return Value::Map{
      {"host", ask.target.host ? host_value(*ask.target.host) : Value()}, {"from", from}, {"to", to}};
}

std::vector<Stage> stages_of(const ReleaseInputs& inputs, bool uploads) {
  std::vector<Stage> stages;
  if (uploads)
    stages.push_back({.name = stage_upload,
                      .kind = StageKind::prepare,
                      .on_cancel = OnCancel::kill,
                      .timeout = upload_time});
  if (uploads && !inputs.preflight.empty())
    stages.push_back({.name = stage_preflight, .kind = StageKind::prepare, .on_cancel = OnCancel::kill});
  stages.push_back({.name = stage_switch, .ready = ready_rule(inputs)});
  stages.push_back({.name = stage_clean, .kind = StageKind::finish, .on_cancel = OnCancel::leave});
  return stages;
}

} // namespace

std::string link_after(const Change& change) {
  return text_at(change.basis, "to");
}

Result<Change> plan_release(const ReleaseInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen) {
  DEPLOYCTL_CHECK(check_tree(inputs));
  if (seen.facts.find("not_a_link"))
    return fail(Cause::config,
                fmt::format("'{}/current' on '{}' is not a link", inputs.path, ask.target.name),
                "move it away: deployctl makes it a link to the live release");
  const std::string from = text_at(seen.managed, "current");
  Change change{.desired = desired, .basis = basis(ask, from, from)};
  change.fields = content_changes(inputs, seen);
  std::ranges::move(ownership_changes(inputs, seen), std::back_inserter(change.fields));
  const bool uploads = !change.fields.empty();
  const std::string to = uploads ? "releases/" + free_name(inputs, seen) : from;
  for (FieldChange& field : service_changes(inputs, seen)) change.fields.push_back(std::move(field));
  // Died between the switch and the reload: the service still runs what was there before.
  if (change.fields.empty() && text_at(seen.managed, "switched") != from)
    change.fields.push_back(
        {.path = "service", .before = "not told about the live release", .after = "told"});
  if (change.fields.empty()) return change;
  change.action = seen.exists ? Action::update : Action::create;
  change.basis = basis(ask, from, to);
  if (const Value* answer = seen.facts.find("answer")) change.basis["answer"] = *answer;
  note_unit(inputs, seen, change.basis);
  change.summary = fmt::format("{} -> {}", from.empty() ? "nothing" : from, to);
  change.stages = stages_of(inputs, uploads);
  change.downtime = downtime_of(inputs);
  return change;
}

Result<Change> plan_removal(const ReleaseInputs& recorded, const Value& desired, const Ask& ask,
                            const Observation& seen) {
  const std::string from = text_at(seen.managed, "current");
  Change change{.desired = desired, .basis = basis(ask, from, "")};
  if (!seen.exists) return change;
  note_unit(recorded, seen, change.basis);
  change.action = Action::remove;
  change.summary = fmt::format("{} -> nothing; releases and shared stay in '{}'", from, recorded.path);
  change.stages = {{.name = stage_remove}};
  change.downtime = "nothing is live afterwards";
  return change;
}

Result<Change> plan_revert(const ReleaseInputs& inputs, const Value& desired, const Undo& undo,
                           const Observation& seen) {
  const Value* previous = undo.data.find("previous");
  if (!previous || !previous->text()) return fail(Cause::internal, "undo data without 'previous'");
  const std::string to = *previous->text();
  const std::string from = text_at(undo.data, "release");
  const std::string current = text_at(seen.managed, "current");
  Change change{.desired = desired, .basis = basis(undo.ask, from, to)};
  const Value* unit = undo.data.find("unit");
  if (unit) change.basis["unit_after"] = *unit;
  const Value* unit_now = seen.facts.find("unit_file");
  const bool has_unit = !unit || *unit == (unit_now ? *unit_now : Value());
  const bool is_back = current == to && has_unit && (to.empty() || text_at(seen.managed, "switched") == to);
  if (is_back) return change;
  change.action = to.empty() ? Action::remove : current.empty() ? Action::create : Action::update;
  change.summary = fmt::format("{} -> {}", current, to.empty() ? "nothing" : to);
  const bool runs_nothing = to.empty() || (unit && unit->is_null());
  change.stages = {{.name = stage_switch_back, .ready = runs_nothing ? std::nullopt : ready_rule(inputs)}};
  if (!from.empty())
    change.stages.push_back(
        {.name = stage_set_aside, .kind = StageKind::finish, .on_cancel = OnCancel::leave});
  change.downtime = downtime_of(inputs);
  return change;
}

} // namespace deployctl::providers::host
