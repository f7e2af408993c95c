#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/recovery.hpp"
#include "engine/run_record_codec.hpp"
#include "engine/verbs.hpp"

namespace deployctl::engine {

namespace {

const plan::PlannedStep* planned(const plan::Content& content, const std::string& id) {
  const auto same = [&](const plan::PlannedStep& step) { return step.id == id; };
  const auto found = std::find_if(content.steps.begin(), content.steps.end(), same);
  return found == content.steps.end() ? nullptr : &*found;
}

Choice choice_of(const Intent& intent, const Confirmation& confirmation) {
  const std::string why =
      confirmation.detail.empty() ? "nothing says whether it happened" : confirmation.detail;
  return {intent.step, intent.target, intent.stage, why, {"done", "not-done", "rerun"}};
}

void emit(const Environment& environment, const Intent& intent, std::string_view how,
          const std::string& detail) {
  const std::string where = intent.target.empty() ? intent.step : intent.step + " on " + intent.target;
  environment.events.emit({.type = "recovered",
                           .message = fmt::format("{}: {} was cut off: {}{}{}", where, intent.stage, how,
                                                  detail.empty() ? "" : ", ", detail),
                           .step = intent.step,
                           .target = intent.target,
                           .fields = Value::Map{{"stage", intent.stage}, {"resolution", how}}});
}

// It surely did not happen, and no undo record says that it may have begun: the target is as it was.
bool never_began(const TargetHistory& target, const Confirmation& confirmation) {
  return confirmation.state == Confirmation::State::not_done && target.touched && target.undo.empty();
}

void forget(RunHistory& history, const TargetKey& key) {
  TargetHistory& target = history.targets.at(key);
  target.touched = false;
  history.touched.erase(std::remove(history.touched.begin(), history.touched.end(), key),
                        history.touched.end());
}

void adopt(TargetHistory& target, const Value& outputs) {
  const auto index = static_cast<std::size_t>(target.open_index);
  const bool waits = target.change.stages.at(index).ready.has_value();
  target.progress = waits ? Progress{index, true} : Progress{index + 1, false};
  if (!outputs.is_null()) target.outputs = outputs;
  target.open.reset();
}

} // namespace

Result<Confirmation> confirm_stage(const Environment& environment, Planning& planning,
                                   const plan::PlannedStep& step, const Intent& intent) {
  const Provider* provider = find_provider(environment.catalog, step.action);
  if (!provider) return fail(Cause::internal, fmt::format("no action '{}'", step.action));
  const std::stop_token stop = environment.interrupts.wind_down;
  DEPLOYCTL_TRY(Connection * connection, planning.request().connections.get(*provider, step.instance, stop));
  std::vector<Value> inputs;
  if (intent.ask.inputs) inputs.push_back(*intent.ask.inputs);
  ReadAccess access(*provider, *connection, environment.ports, std::move(inputs), stop);
  return confirm(*provider, access.session(), intent);
}

Resolution resolve_missing(CrashClass crash_class, Confirmation::State confirmed) {
  using State = Confirmation::State;
  if (confirmed == State::done) return Resolution::adopt;
  if (confirmed == State::not_done) return Resolution::redo;
  // Under way: doing it again finds the operation by its remote id, its key or its desired state.
  const bool repeatable = crash_class == CrashClass::observe || crash_class == CrashClass::declarative ||
                          crash_class == CrashClass::keyed;
  if (repeatable) return Resolution::redo;
  return confirmed == State::in_progress && crash_class == CrashClass::marked ? Resolution::redo
                                                                              : Resolution::decide;
}

Result<std::vector<Choice>> resolve_open_stages(const Environment& environment, Planning& planning,
                                                RunHistory& history, const plan::Content& content,
                                                RunJournal& journal) {
  std::vector<Choice> choices;
  for (auto& [key, target] : history.targets) {
    const plan::PlannedStep* step = planned(content, key.first);
    if (!target.open || !step) continue;
    const Intent intent = *target.open;
    DEPLOYCTL_TRY(const Confirmation confirmation, confirm_stage(environment, planning, *step, intent));
    switch (resolve_missing(intent.crash_class, confirmation.state)) {
    case Resolution::redo:
      emit(environment, intent, "will be done again", confirmation.detail);
      if (never_began(target, confirmation)) forget(history, key);
      break;
    case Resolution::adopt:
      emit(environment, intent, "had been done", confirmation.detail);
      DEPLOYCTL_CHECK(journal.outcome(
          {ref_of(intent, target.open_index, false, 0), confirmation.outputs, std::nullopt, false, true}));
      adopt(target, confirmation.outputs);
      break;
    case Resolution::decide:
      choices.push_back(choice_of(intent, confirmation));
    }
  }
  return choices;
}

bool changed_something(const RunHistory& history, const plan::Content& content) {
  return std::any_of(history.touched.begin(), history.touched.end(), [&](const TargetKey& key) {
    const plan::PlannedStep* step = planned(content, key.first);
    if (!step) return false;
    const bool idle_task = step->kind == Kind::task && step->crash_class == CrashClass::observe;
    return (step->kind == Kind::resource || step->kind == Kind::task) && !idle_task;
  });
}

} // namespace deployctl::engine
