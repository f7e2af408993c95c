// Stages that an earlier process of a run began and whose outcome is missing: which they are, and what
// becomes of each once its target was asked. Pure; who asks and who writes it down stands elsewhere.
#pragma once

#include <optional>
#include <vector>

#include <deployctl/intent.hpp>

#include "engine/run_history.hpp"

namespace deployctl::engine {

// How the missing outcome of one stage was resolved.
enum class Resolution {
  redo,   // by its class, doing it again is safe, or it surely did not happen
  adopt,  // it happened: its outcome is recorded now
  decide, // a person has to say
};

// What a crash class makes of what the provider could confirm.
Resolution resolve_missing(CrashClass crash_class, Confirmation::State confirmed);

struct OpenStage {
  TargetKey at;
  Intent intent;
  StageRef ref; // `back`: of a task's undo
};

// At most one a target.
std::vector<OpenStage> open_stages(const RunHistory& history);

// To be recorded when it is adopted; `take_outcome` then brings the history up to date.
OutcomeRecord adopted_outcome(const OpenStage& stage, const Value& outputs);
// It will be done again. If it surely did not happen, its target is as it was.
void redo_stage(RunHistory& history, const OpenStage& stage, Confirmation::State confirmed);

// Why a task's undo is not run again without a person's word; none: it may run.
std::optional<Error> undo_refused(const TargetHistory& target);

} // namespace deployctl::engine
