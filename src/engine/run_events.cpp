#include "engine/run_events.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/time.hpp"
#include "state/fields.hpp"

namespace deployctl::engine {

namespace {

constexpr std::array<std::string_view, 4> result_names = {"changed", "unchanged", "failed", "stopped"};

bool any_goes_back(const StepWork& failed) {
  return failed.takes_itself_back() || failed.takes_others_back();
}

std::string what_goes_back(const StepWork& failed) {
  if (!any_goes_back(failed)) return "what this run changed stays as it is (on_failure: stop)";
  if (!failed.takes_others_back()) return "what this step changed goes back (on_failure: stop)";
  if (!failed.takes_itself_back()) return "what the steps before it changed goes back (on_abort: stop)";
  return "what this run changed goes back";
}

Milliseconds whole(std::chrono::nanoseconds duration) {
  return std::chrono::duration_cast<Milliseconds>(duration);
}

std::int64_t number(Milliseconds duration) {
  return static_cast<std::int64_t>(duration.count());
}

// Names of targets, wave by wave.
Value::List waves_of(const plan::PlannedStep& planned) {
  Value::List waves;
  for (const std::vector<std::size_t>& wave : planned.waves) {
    Value::List names;
    for (const std::size_t index : wave) names.push_back(planned.targets.at(index).target.name);
    waves.push_back(std::move(names));
  }
  return waves;
}

bool has_work(const plan::PlannedStep& planned) {
  return planned.status != plan::StepStatus::unchanged && planned.status != plan::StepStatus::gone;
}

} // namespace

std::string RunEvents::target_name(TargetId id) const {
  const RunStep& context = step(id.step);
  return id.target < context.targets.size() ? context.targets[id.target].target.name : std::string();
}

std::string RunEvents::target_text(TargetId id) const {
  const std::string name = target_name(id);
  return name.empty() ? step(id.step).approved.id : fmt::format("{} on {}", step(id.step).approved.id, name);
}

const std::vector<Stage>& RunEvents::stages(const StageId& id) const {
  const RunTarget& target = step(id.at.step).targets.at(id.at.target);
  return (id.back ? target.back : target.change).stages;
}

std::string RunEvents::stage_name(const StageId& id) const {
  return (id.back ? "taking back: " : "") + stages(id).at(id.stage).name;
}

std::string RunEvents::stage_text(const StageId& id) const {
  return fmt::format("{}: {}", target_text(id.at), stage_name(id));
}

Event RunEvents::about(std::string type, TargetId id) const {
  return {.type = std::move(type), .step = step(id.step).approved.id, .target = target_name(id)};
}

// What a reader needs to show the whole run: its steps that have something to do, in their order.
void RunEvents::run_started(Event event, const std::string& operation, const UsualTimes& usual) {
  Value::List steps;
  for (const RunStep& each : deployment_.steps) {
    const plan::PlannedStep& planned = each.approved;
    if (!has_work(planned)) continue;
    Value entry = Value::Map{{"step", planned.id},
                             {"action", planned.action},
                             {"needs", Value::List(planned.needs.begin(), planned.needs.end())},
                             {"waves", waves_of(planned)}};
    if (const auto found = usual.steps.find(planned.id); found != usual.steps.end())
      entry["usual_ms"] = number(found->second);
    steps.push_back(std::move(entry));
  }
  event.fields["operation"] = operation;
  event.fields["steps"] = std::move(steps);
  if (usual.run) event.fields["usual_ms"] = number(*usual.run);
  sink_.emit(std::move(event));
}

void RunEvents::step_started(std::size_t index) {
  sink_.emit(
      {.type = "step_started",
       .message = "starts",
       .step = step(index).approved.id,
       .fields = Value::Map{{"action", step(index).approved.action}, {"waves", waves_of(step(index).now)}}});
}

void RunEvents::step_ended(const StepEnded& ended) {
  const auto result = result_names.at(static_cast<std::size_t>(ended.result));
  Event event{.type = "step_finished", .message = std::string(result), .step = step(ended.step).approved.id};
  event.level = ended.result == StepResult::failed ? Level::error : Level::info;
  event.fields = Value::Map{{"result", result}};
  if (ended.error) {
    event.message += ": " + ended.error->message;
    event.fields["cause"] = to_text(ended.error->cause);
    event.fields["evidence"] = state::to_list(ended.error->evidence);
  }
  sink_.emit(std::move(event));
}

void RunEvents::stage_started(const StageId& id, Milliseconds limit) {
  Event event = about("stage_started", id.at);
  event.message = stage_name(id) + " starts";
  event.fields = Value::Map{{"stage", stage_name(id)},
                            {"attempt", id.attempt},
                            {"back", id.back},
                            {"prepare", stages(id).at(id.stage).kind == StageKind::prepare},
                            {"limit_ms", number(limit)}};
  sink_.emit(std::move(event));
}

void RunEvents::stage_finished(const StageId& id, const std::optional<Error>& error) {
  Event event = about("stage_finished", id.at);
  event.level = error ? Level::warning : Level::info;
  event.message = stage_name(id) + (error ? " failed: " + error->message : std::string(" done"));
  event.fields = Value::Map{{"stage", stage_name(id)},
                            {"attempt", id.attempt},
                            {"back", id.back},
                            {"ok", !error.has_value()},
                            {"last", is_last(id)}};
  if (const auto& rule = stages(id).at(id.stage).ready; rule && !error) {
    event.fields["until_ready"] = true;
    event.fields["ready_within_ms"] = number(rule->within);
  }
  if (error) event.fields["cause"] = to_text(error->cause);
  sink_.emit(std::move(event));
}

void RunEvents::waiting_until_ready(const StageId& id, const Readiness& readiness) {
  Event event = about("waiting", id.at);
  event.level = Level::debug;
  event.message = "not ready: " + readiness.detail;
  event.fields = Value::Map{{"until_ready", true}, {"ready", false}};
  sink_.emit(std::move(event));
}

void RunEvents::ready(const StageId& id) {
  Event event = about("waiting", id.at);
  event.level = Level::debug;
  event.message = stage_name(id) + ": ready";
  event.fields = Value::Map{{"until_ready", true}, {"ready", true}, {"last", is_last(id)}};
  sink_.emit(std::move(event));
}

void RunEvents::left_behind(const TargetBehind& behind) {
  Event event = about("stage_finished", behind.at);
  event.level = Level::warning;
  event.message = "left behind: " + behind.error.message;
  event.fields = Value::Map{{"ok", false}, {"behind", true}, {"cause", to_text(behind.error.cause)}};
  sink_.emit(std::move(event));
}

void RunEvents::taking_back(const FailureDecided& failure, const StepWork& failed) {
  sink_.emit({.type = any_goes_back(failed) ? "rollback_started" : "diagnostic",
              .level = Level::warning,
              .message = "nothing new starts, and " + what_goes_back(failed),
              .step = step(failure.step).approved.id,
              .fields = Value::Map{{"cause", to_text(failure.error.cause)}}});
}

void RunEvents::taken_back(const TargetReverted& reverted) {
  Event event = about("stage_finished", reverted.at);
  event.level = reverted.error ? Level::error : Level::info;
  event.message =
      reverted.error ? "could not be taken back: " + reverted.error->message : std::string("is as before");
  event.fields = Value::Map{{"ok", !reverted.error.has_value()}, {"back", true}};
  sink_.emit(std::move(event));
}

void RunEvents::taking_back_ended(const StepWork& failed) {
  if (any_goes_back(failed))
    sink_.emit({.type = "rollback_finished", .message = "what could go back has gone back"});
}

void RunEvents::heartbeat(const std::string& what, std::chrono::nanoseconds age,
                          const std::optional<std::chrono::nanoseconds>& limit) {
  const std::string of = limit ? " of at most " + format_age(whole(*limit)) : std::string();
  Event event{.type = "heartbeat",
              .message = fmt::format("still at it: {}, {}{}", what, format_age(whole(age)), of),
              .fields = Value::Map{{"awaited", what}, {"age_ms", number(whole(age))}}};
  if (limit) event.fields["limit_ms"] = number(whole(*limit));
  sink_.emit(std::move(event));
}

void RunEvents::gate_ended(const GateRecord& ended) {
  sink_.emit({.type = "gate_judged",
              .level = ended.verdict == "pass" ? Level::info : Level::error,
              .message = fmt::format("{} {}: {}", ended.verdict, ended.place, ended.detail),
              .step = ended.step,
              .fields = Value::Map{{"gate", ended.gate},
                                   {"verdict", ended.verdict},
                                   {"place", ended.place},
                                   {"evidence", state::to_list(ended.evidence)}}});
}

void RunEvents::held(const StepHeld& held) {
  const bool parks = held.leave.kind == Leave::Kind::park;
  Event event{.type = "waiting", .message = held.leave.why.message, .step = step(held.step).approved.id};
  event.level = parks ? Level::warning : Level::info;
  event.fields = Value::Map{{"parked", parks}};
  if (!parks) event.fields["limit_ms"] = number(held.leave.wait);
  sink_.emit(std::move(event));
}

void RunEvents::interrupted(const std::string& what) {
  sink_.emit({.type = "signal", .level = Level::warning, .message = what});
}

} // namespace deployctl::engine
