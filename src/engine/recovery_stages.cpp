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

std::string stage_name(const OpenStage& open) {
  return (open.ref.back ? "taking back: " : "") + open.intent.stage;
}

Choice choice_of(const OpenStage& open, const Confirmation& confirmation) {
  const std::string why =
      confirmation.detail.empty() ? "nothing says whether it happened" : confirmation.detail;
  return {open.at.first, open.at.second, stage_name(open), why, {"done", "not-done", "rerun"}};
}

void emit(const Environment& environment, const OpenStage& open, std::string_view how,
          const std::string& detail) {
  const Intent& intent = open.intent;
  const std::string where = intent.target.empty() ? intent.step : intent.step + " on " + intent.target;
  environment.events.emit({.type = "recovered",
                           .message = fmt::format("{}: {} was cut off: {}{}{}", where, stage_name(open), how,
                                                  detail.empty() ? "" : ", ", detail),
                           .step = intent.step,
                           .target = intent.target,
                           .fields = Value::Map{{"stage", intent.stage}, {"resolution", how}}});
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

Result<std::vector<Choice>> resolve_open_stages(const Environment& environment, Planning& planning,
                                                RunHistory& history, const plan::Content& content,
                                                RunJournal& journal) {
  std::vector<Choice> choices;
  for (const OpenStage& open : open_stages(history)) {
    const plan::PlannedStep* step = planned(content, open.at.first);
    if (!step) continue;
    DEPLOYCTL_TRY(const Confirmation confirmation, confirm_stage(environment, planning, *step, open.intent));
    switch (resolve_missing(open.intent.crash_class, confirmation.state)) {
    case Resolution::redo:
      emit(environment, open, "will be done again", confirmation.detail);
      redo_stage(history, open, confirmation.state);
      break;
    case Resolution::adopt: {
      emit(environment, open, "had been done", confirmation.detail);
      const OutcomeRecord outcome = adopted_outcome(open, confirmation.outputs);
      DEPLOYCTL_CHECK(journal.outcome(outcome));
      take_outcome(history, outcome);
      break;
    }
    case Resolution::decide:
      choices.push_back(choice_of(open, confirmation));
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
