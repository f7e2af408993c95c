#include "providers/docker/service_plan.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "providers/docker/service_state.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr Milliseconds pull_time{6 * 3'600'000};
constexpr Milliseconds beyond_grace{300'000}; // a create or start on a busy disk
constexpr int steady_looks = 5;               // of a container that nobody can ask how it is
constexpr Milliseconds switch_time{600'000};  // some rounds of a proxy that is slow to load

ReadyRule ready_rule(const ServiceInputs& inputs) {
  if (!inputs.health) return {.interval = Milliseconds(1'000), .consecutive = steady_looks};
  return {.within = inputs.health->within,
          .interval = inputs.health->interval,
          .consecutive = inputs.health->consecutive};
}

std::vector<FieldChange> changes(const Value& desired, const Observation& seen) {
  Value wanted = configuration_of(desired);
  wanted["restart"] = text_at(desired, "restart");
  std::vector<FieldChange> fields =
      diff_fields(service_table().fields(), seen.exists ? seen.managed : Value(), wanted).fields;
  if (const std::string status = text_at(seen.managed, "status"); !status.empty())
    fields.push_back({.path = "status", .before = status, .after = "running"});
  if (const std::string target = text_at(seen.managed, "requests_to"); !target.empty())
    fields.push_back({.path = "requests_to", .before = target, .after = "the live container"});
  return fields;
}

// "containers": all of the service; "active": those that run or would run again.
bool is_among(const Observation& seen, const char* list, const std::string& name) {
  const std::vector<std::string> names = texts_at(seen.facts, list);
  return std::ranges::find(names, name) != names.end();
}

bool is_known(const Value& value) {
  bool known = true;
  for_each_unknown(value, [&](const Unknown&) { known = false; });
  return known;
}

ServiceMove move_of(const ServiceInputs& inputs, const Value& desired, const Ask& ask,
                    const Observation& seen) {
  ServiceMove move{
      .service = service_name(ask), .from = text_at(seen.facts, "container"), .restart = inputs.restart};
  const Value configuration = configuration_of(desired);
  if (is_known(configuration)) {
    move.configuration = configuration_digest(text_at(seen.facts, "stack"), move.service, configuration);
    move.to = container_name(move.service, move.configuration);
  }
  move.stop_first = seen.exists && move.to != move.from && !exclusive_because(inputs).empty();
  return move;
}

Milliseconds drain_time(const ServiceInputs& inputs) {
  return inputs.proxy ? inputs.proxy->drain + switch_time : Milliseconds(0);
}

// Back to `to`: with a proxy it must be well before requests go to it again.
std::vector<Stage> stages_back(const ServiceInputs& inputs, const ServiceMove& move) {
  const Milliseconds change_time = inputs.grace + beyond_grace;
  if (inputs.proxy && !move.to.empty())
    return {{.name = stage_wake, .timeout = change_time, .ready = ready_rule(inputs)},
            {.name = stage_switch, .timeout = switch_time},
            {.name = stage_back, .timeout = change_time + drain_time(inputs)}};
  std::vector<Stage> stages = {{.name = stage_back, .timeout = change_time + drain_time(inputs)}};
  if (!move.to.empty()) stages.front().ready = ReadyRule{.interval = Milliseconds(1'000), .consecutive = 2};
  return stages;
}

std::vector<Stage> stages_of(const ServiceInputs& inputs, bool pulls) {
  const Milliseconds change_time = inputs.grace + beyond_grace;
  std::vector<Stage> stages;
  if (pulls)
    stages.push_back(
        {.name = stage_pull, .kind = StageKind::prepare, .on_cancel = OnCancel::kill, .timeout = pull_time});
  stages.push_back({.name = stage_start, .timeout = change_time, .ready = ready_rule(inputs)});
  if (inputs.proxy) stages.push_back({.name = stage_switch, .timeout = switch_time});
  stages.push_back({.name = stage_take_over, .timeout = change_time + drain_time(inputs)});
  stages.push_back({.name = stage_clean, .kind = StageKind::finish, .on_cancel = OnCancel::leave});
  return stages;
}

std::string summary_of(const ServiceMove& move, bool is_kept) {
  const std::string to = move.to.empty() ? "a new container" : move.to;
  if (move.to == move.from) return to + ", as it is";
  return fmt::format("{} -> {}{}", move.from.empty() ? "nothing" : move.from, to,
                     is_kept ? ", kept from before" : "");
}

const Host& host_in(const Ask& ask) {
  static const Host nowhere;
  return ask.target.host ? *ask.target.host : nowhere;
}

} // namespace

Value move_value(const ServiceMove& move, const Host& host) {
  return Value::Map{{"host", host_value(host)},
                    {"service", move.service},
                    {"to", move.to},
                    {"from", move.from},
                    {"configuration", move.configuration},
                    {"restart", move.restart},
                    {"stop_first", move.stop_first},
                    {"made_here", move.made_here}};
}

ServiceMove move_from(const Value& basis) {
  return {.service = text_at(basis, "service"),
          .to = text_at(basis, "to"),
          .from = text_at(basis, "from"),
          .configuration = text_at(basis, "configuration"),
          .restart = text_at(basis, "restart"),
          .stop_first = flag_at(basis, "stop_first"),
          .made_here = flag_at(basis, "made_here")};
}

Host host_of_move(const Value& basis) {
  const Value* host = basis.find("host");
  return host ? host_from(*host) : Host{};
}

Result<Change> plan_service(const ServiceInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen) {
  const ServiceMove move = move_of(inputs, desired, ask, seen);
  Change change{.desired = desired, .basis = move_value(move, host_in(ask))};
  change.fields = changes(desired, seen);
  if (change.fields.empty()) return change;
  change.action = seen.exists ? Action::update : Action::create;
  const bool is_kept = is_among(seen, "containers", move.to);
  change.summary = summary_of(move, is_kept);
  if (const std::string proxy = text_at(seen.facts, "proxy"); !proxy.empty())
    change.summary += ", through " + proxy;
  change.stages = stages_of(inputs, !is_kept);
  change.downtime = text_at(seen.facts, "switch_noticed");
  if (move.stop_first)
    change.downtime = fmt::format(
        "'{}' answers nobody from the end of the old container, which gets {} for it, until the new "
        "one listens: {}",
        move.service, format_duration(inputs.grace), exclusive_because(inputs));
  return change;
}

Result<Change> plan_service_removal(const Value& desired, const Ask& ask, const Observation& seen) {
  const ServiceMove move{.service = service_name(ask), .from = text_at(seen.facts, "container")};
  Change change{.desired = desired, .basis = move_value(move, host_in(ask))};
  if (!seen.exists) return change;
  change.action = Action::remove;
  change.summary =
      fmt::format("{} -> nothing; its containers stay, stopped, and so do its volumes", move.from);
  change.stages = {{.name = stage_remove}};
  change.downtime = fmt::format("nothing answers for '{}' afterwards", move.service);
  return change;
}

Result<Change> plan_service_revert(const ServiceInputs& inputs, const Value& desired, const Undo& undo,
                                   const Observation& seen) {
  const ServiceMove move{.service = service_name(undo.ask),
                         .to = text_at(undo.data, "previous"),
                         .from = text_at(undo.data, "container"),
                         .restart = text_at(undo.data, "restart"),
                         .stop_first = flag_at(undo.data, "stop_first"),
                         .made_here = flag_at(undo.data, "made_here")};
  Change change{.desired = desired, .basis = move_value(move, host_in(undo.ask))};
  if (move.to == move.from) return change; // it was mended in place
  const bool is_gone = !is_among(seen, move.made_here ? "containers" : "active", move.from);
  const bool is_back =
      text_at(seen.facts, "container") == move.to && text_at(seen.managed, "status").empty() &&
      text_at(seen.managed, "requests_to").empty() && text_at(seen.managed, "restart") == move.restart;
  if (is_back && is_gone) return change;
  change.action = move.to.empty() ? Action::remove : seen.exists ? Action::update : Action::create;
  change.summary = fmt::format("{} -> {}", move.from, move.to.empty() ? "nothing" : move.to);
  change.stages = stages_back(inputs, move);
  return change;
}

} // namespace deployctl::providers::docker
