#include "providers/compose/plan.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/compose/differences.hpp"
#include "providers/compose/model.hpp"
#include "providers/compose/move.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr Milliseconds upload_time{1'800'000};
constexpr Milliseconds pull_time{6 * 3'600'000};
constexpr Milliseconds beyond_grace{600'000}; // many containers, one after the other, on a busy disk
constexpr int looks_of_checked = 2;
constexpr int looks_of_unchecked = 5; // of a container that nobody can ask how it is
constexpr std::size_t shown_digits = 12;

const Value empty_value;

const Value& part_of(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : empty_value;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

Value service_values(const ProjectModel& model) {
  Value::Map services;
  for (const auto& [name, service] : model.services) {
    Value::List environment(service.environment.begin(), service.environment.end());
    services.emplace(name, Value::Map{{"image", service.image},
                                      {"environment", std::move(environment)},
                                      {"definition", service.definition.substr(0, shown_digits)}});
  }
  return services;
}

Value volume_values(const ProjectModel& model) {
  Value::Map volumes;
  for (const auto& [key, volume] : model.volumes) volumes.emplace(key, volume.name);
  return volumes;
}

std::map<std::string, int> restarts_so_far(const Observation& seen) {
  std::map<std::string, int> restarts;
  for (const std::string& id : keys_at(seen.facts, "restarts"))
    restarts.emplace(id, static_cast<int>(number_at(part_of(seen.facts, "restarts"), id).value_or(0)));
  return restarts;
}

Expected expected_of(const ProjectInputs& inputs, const ProjectModel& model, const Observation& seen) {
  Expected expected;
  for (const auto& [name, service] : model.services)
    expected.services.emplace(name, Expected::Service{.image = service.image,
                                                      .replicas = service.replicas,
                                                      .ends = has(inputs.once, name)});
  expected.restarts = restarts_so_far(seen);
  return expected;
}

Expected live_expected(const Observation& seen) {
  return expected_from(part_of(part_of(seen.facts, "project"), "expected"));
}

// A live release whose files were changed by hand cannot be repaired in place.
std::string folder_of(const Value& desired, const Observation& seen) {
  const std::string folder = "releases/" + release_name(desired);
  return text_at(seen.managed, "release") == folder ? folder + "-1" : folder;
}

std::vector<std::string> images_of(const ProjectModel& model) {
  std::set<std::string> images;
  for (const auto& [name, service] : model.services)
    if (!service.image.empty()) images.insert(service.image);
  return {images.begin(), images.end()};
}

std::vector<std::string> gone_services(const Value& before, const ProjectModel& model) {
  std::vector<std::string> names;
  if (before.map())
    for (const auto& [name, service] : *before.map())
      if (!model.services.contains(name)) names.push_back(name);
  return names;
}

ReadyRule ready_rule_of(const ProjectInputs& inputs, const ProjectModel& model) {
  const bool all_checked =
      std::ranges::all_of(model.services, [](const auto& service) { return service.second.is_checked; });
  return {.within = inputs.within,
          .interval = Milliseconds(1'000),
          .consecutive = all_checked ? looks_of_checked : looks_of_unchecked};
}

std::vector<Stage> stages_of_project(const ProjectInputs& inputs, const ProjectModel& model, bool uploads) {
  std::vector<Stage> stages;
  if (uploads)
    stages.push_back({.name = stage_upload,
                      .kind = StageKind::prepare,
                      .on_cancel = OnCancel::kill,
                      .timeout = upload_time});
  stages.push_back(
      {.name = stage_pull, .kind = StageKind::prepare, .on_cancel = OnCancel::kill, .timeout = pull_time});
  stages.push_back(
      {.name = stage_up, .timeout = inputs.grace + beyond_grace, .ready = ready_rule_of(inputs, model)});
  stages.push_back({.name = stage_record});
  stages.push_back({.name = stage_clean, .kind = StageKind::finish, .on_cancel = OnCancel::leave});
  return stages;
}

ProjectFiles live_files(const std::string& project, const Observation& seen) {
  const Value& live = part_of(seen.facts, "project");
  return {.project = project, .files = texts_at(live, "files"), .profiles = texts_at(live, "profiles")};
}

Value revision_of(const ProjectInputs& inputs, const Value& desired, const ProjectModel& model,
                  const Expected& expected) {
  const ProjectFiles files = files_of(inputs);
  Expected alone = expected; // what ran before is of no interest later
  alone.restarts.clear();
  return Value::Map{
      {"services", service_values(model)},
      {"volumes", volume_values(model)},
      {"env", part_of(desired, "env").map() ? part_of(desired, "env") : Value(Value::Map{})},
      {"files", Value::Map{{"entries", tree_entries(inputs.source)}}},
      {"project", Value::Map{{"files", Value::List(files.files.begin(), files.files.end())},
                             {"profiles", Value::List(files.profiles.begin(), files.profiles.end())},
                             {"expected", expected_value(alone)}}}};
}

Status check_observation(const ProjectInputs& inputs, const Ask& ask, const Observation& seen) {
  if (seen.facts.find("not_a_link"))
    return fail(Cause::config,
                fmt::format("'{}/current' on '{}' is not a link", inputs.path, ask.target.name),
                "move it away: deployctl makes it a link to the live release");
  if (const std::vector<std::string> said = texts_at(seen.facts, "refused"); !said.empty())
    return fail({.cause = Cause::config,
                 .message = fmt::format("Compose on '{}' does not accept the project '{}': {}",
                                        ask.target.name, inputs.name, said.back()),
                 .evidence = said});
  const Value* guard = seen.facts.find("guard");
  if (!guard) return {};
  return fail(cause_from_text(text_at(*guard, "cause")).value_or(Cause::config), text_at(*guard, "message"),
              text_at(*guard, "help"));
}

std::string summary_of_move(const Move& move, const ProjectInputs& inputs, const Observation& seen) {
  std::string text = fmt::format("{} -> {}, by Compose {}", move.from.empty() ? "nothing" : move.from,
                                 move.to, move.tool.version);
  const std::vector<std::string> left = texts_at(seen.facts, "orphans");
  if (!left.empty() && inputs.orphans != "remove")
    text += fmt::format("; left alone, of no service: {}", join(left, ", "));
  return text;
}

// Without `to`, which follows from what differs.
Move move_of_project(const ProjectInputs& inputs, const Value& desired, const Ask& ask,
                     const Observation& seen, const ProjectModel& model) {
  const Expected expected = expected_of(inputs, model, seen);
  return {.host = ask.target.host.value_or(Host{}),
          .tool = tool_from(part_of(seen.facts, "tool")),
          .path = inputs.path,
          .from = text_at(seen.managed, "release"),
          .to_files = files_of(inputs),
          .from_files = live_files(inputs.name, seen),
          .dropped = gone_services(part_of(seen.managed, "services"), model),
          .images = images_of(model),
          .expected = expected,
          .before = live_expected(seen),
          .revision = revision_of(inputs, desired, model, expected)};
}

} // namespace

Result<Change> plan_project(const ProjectInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen) {
  DEPLOYCTL_CHECK(check_observation(inputs, ask, seen));
  const ProjectModel model = model_from(part_of(seen.facts, "model"));
  Move move = move_of_project(inputs, desired, ask, seen, model);
  Change change{.desired = desired};
  change.fields = release_changes(move.revision, seen);
  const bool uploads = !change.fields.empty();
  move.to = uploads ? folder_of(desired, seen) : move.from;
  std::ranges::move(running_changes(seen), std::back_inserter(change.fields));
  if (inputs.orphans == "remove") std::ranges::move(orphan_changes(seen), std::back_inserter(change.fields));
  move.revision["env"] = with_versions(part_of(move.revision, "env"));
  change.basis = move_value(move);
  if (change.fields.empty()) return change;
  change.action = seen.exists ? Action::update : Action::create;
  change.summary = summary_of_move(move, inputs, seen);
  change.stages = stages_of_project(inputs, model, uploads);
  if (seen.exists)
    change.downtime = fmt::format(
        "a service of '{}' that changes answers nobody from the end of its old container until the new one "
        "listens: Compose replaces in place",
        inputs.name);
  return change;
}

Result<Change> plan_project_removal(const Value& recorded, const Ask& ask, const Observation& seen) {
  const std::string name = text_at(recorded, "name");
  const Move move{.host = ask.target.host.value_or(Host{}),
                  .tool = tool_from(part_of(seen.facts, "tool")),
                  .path = text_at(recorded, "path"),
                  .from = text_at(seen.managed, "release"),
                  .to_files = {.project = name},
                  .from_files = live_files(name, seen),
                  .before = live_expected(seen)};
  Change change{.desired = recorded, .basis = move_value(move)};
  if (!seen.exists) return change;
  change.action = Action::remove;
  change.summary = fmt::format("{} -> nothing; volumes and releases stay", move.from);
  change.stages = {{.name = stage_remove, .timeout = beyond_grace}};
  change.downtime = fmt::format("nothing answers for '{}' afterwards", name);
  return change;
}

Result<Change> plan_project_revert(const Value& desired, const Undo& undo, const Observation& seen) {
  Move move = move_from(undo.data);
  if (const Value* tool = seen.facts.find("tool")) move.tool = tool_from(*tool);
  if (undo.ask.target.host) move.host = *undo.ask.target.host;
  move.expected.restarts = restarts_so_far(seen);
  Change change{.desired = desired, .basis = move_value(move)};
  const bool is_back = text_at(seen.managed, "release") == move.to && text_at(seen.facts, "up") == move.to;
  if (is_back || move.from == move.to) return change; // the latter: it was mended in place
  change.action = move.to.empty() ? Action::remove : seen.exists ? Action::update : Action::create;
  change.summary = fmt::format("{} -> {}", move.from.empty() ? "nothing" : move.from,
                               move.to.empty() ? "nothing; volumes stay" : move.to);
  change.stages = {{.name = stage_back, .timeout = upload_time}};
  if (!move.to.empty())
    change.stages.front().ready = ReadyRule{.interval = Milliseconds(1'000), .consecutive = looks_of_checked};
  if (!move.from.empty())
    change.stages.push_back(
        {.name = stage_set_aside, .kind = StageKind::finish, .on_cancel = OnCancel::leave});
  return change;
}

} // namespace deployctl::providers::compose
