// What one run executes, and what it learns on the way: per step its provider, connection, targets and
// changes; the outputs of steps that have ended. The scheduler knows only indexes; this maps them to things.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "config/interpolation.hpp"
#include "config/pipeline.hpp"
#include "engine/leave.hpp"
#include "engine/planner.hpp"
#include "engine/run_history.hpp"
#include "plan/plan.hpp"

namespace deployctl::engine {

struct RunTarget {
  Target target;
  Ask ask;
  Change change;
  std::size_t wave = 0;
  std::string fingerprint;       // as seen at its step's turn; empty: not looked at in this process
  std::vector<Undo> undo;        // of forward stages, in the order written
  std::optional<Intent> adopted; // what an earlier process left open: its remote ids go on
  int attempts_before = 0;       // of the stage that was open
  Change back;                   // the current round of taking back
  Ask back_ask;                  // its ask
  std::optional<Error> no_undo;  // why its undo is not run again
  Value outputs;
  bool acted = false;       // a stage that is no `prepare` ended well, or the target named an operation
  bool went_back = false;   // a stage of taking back was begun
  bool masked_undo = false; // `undo` comes from a journal that has secrets of it masked
};

// Nothing says that the target was ever touched, and there was nothing to take back: it is as it was.
inline bool never_touched(const RunTarget& target) {
  return !target.went_back && (target.undo.empty() || !target.acted);
}

struct RunStep {
  const config::Step* step = nullptr;
  plan::PlannedStep approved;
  const Provider* provider = nullptr; // none: the step only judges gates
  plan::PlannedStep now;              // planned again at its turn; until then as approved
  Value inputs;                       // with every unknown resolved, once its turn has come
  std::vector<RunTarget> targets;     // in the order of the plan
  bool upstream_changed = false;      // a step it depends on changed something in this run
  bool removal = false; // its inputs are what was recorded; nothing of it should be there afterwards
  bool bound = true;    // may do no more than was approved; steps of `finally` are not bound
  std::optional<std::chrono::nanoseconds> began; // in this process
  std::optional<std::chrono::nanoseconds> took;
};

// Outputs of steps that have ended; values never change once they are there. Thread-safe.
class OutputBook {
public:
  void add(const std::string& step, Value outputs);
  void add_all(const OutputBook& other);
  [[nodiscard]] const Value* find(std::string_view step) const;
  [[nodiscard]] config::Outputs lookup() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, Value, std::less<>> outputs_; // guarded by mutex_
};

// Holds references to what it was made from.
struct Deployment {
  const PlanRequest& request; // how steps are planned again at their turn
  std::string run;
  std::string release;
  const RunHistory* resumed = nullptr; // of an earlier process of this run
  std::vector<RunStep> steps;          // in the order of the plan
  OutputBook outputs;
  std::deque<config::Step> removed; // stand for steps that the pipeline does not have any more
  std::function<Status(const Description&, const Value& inputs)>
      keep_files;                        // into the blobs, before they are used
  LeaveRule leave;                       // set: every step asks it before each wave
  std::vector<ApprovalRecord> approvals; // of the plan; those of steps are added when they are given
  std::string freeze_override;           // why it goes on in a freeze
  bool keeps_failure = true;             // a failure is a record that a later process goes on from
};

} // namespace deployctl::engine
