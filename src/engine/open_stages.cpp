#include "engine/open_stages.hpp"

#include <algorithm>

namespace deployctl::engine {

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

std::vector<OpenStage> open_stages(const RunHistory& history) {
  std::vector<OpenStage> open;
  for (const auto& [key, target] : history.targets) {
    if (target.taken_back) continue;
    if (target.undoing) {
      if (target.undoing->open) open.push_back({key, target.undoing->intent, target.undoing->ref});
    } else if (target.open && !(target.open_failed && history.failure)) { // decided: it goes back
      open.push_back({key, *target.open, ref_of(*target.open, target.open_index, false, 0)});
    }
  }
  return open;
}

OutcomeRecord adopted_outcome(const OpenStage& stage, const Value& outputs) {
  return {.ref = stage.ref, .outputs = outputs, .adopted = true};
}

void redo_stage(RunHistory& history, const OpenStage& stage, Confirmation::State confirmed) {
  TargetHistory& target = history.targets.at(stage.at);
  const bool surely_not = confirmed == Confirmation::State::not_done;
  if (stage.ref.back || !surely_not || !target.touched || !target.undo.empty()) return;
  target.touched = false;
  std::erase(history.touched, stage.at);
}

std::optional<Error> undo_refused(const TargetHistory& target) {
  if (!target.undoing || target.undoing->intent.crash_class != CrashClass::opaque) return std::nullopt;
  if (target.undoing->failed) return error_of(*target.undoing->failed);
  if (!target.undoing->open) return std::nullopt;
  return Error{.cause = Cause::internal,
               .message = "its undo was cut off, and nothing says whether it ran",
               .help = "look, and take it back by hand if it did not"};
}

} // namespace deployctl::engine
