// What an earlier process of a run did, told by its journal: where each target stands, what is open, what
// takes it back. Pure: records in, history out. Deciding what follows is recovery.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/run_records.hpp"
#include "engine/stage_walk.hpp"
#include "state/journal_format.hpp"

namespace deployctl::engine {

using TargetKey = std::pair<std::string, std::string>; // step, target

// The last stage of a task's `undo` that was begun. Resources are observed again before they go back.
struct UndoHistory {
  Intent intent;
  StageRef ref;
  bool open = true;                  // without an outcome
  std::optional<ErrorRecord> failed; // its outcome
};

struct TargetHistory {
  Change change; // of the last forward intent
  Ask ask;
  Progress progress;
  bool touched = false;       // a stage that is no `prepare` may have had an effect
  std::vector<Undo> undo;     // of forward stages, in the order written
  std::optional<Intent> open; // a forward intent without outcome
  int open_index = 0;
  bool open_failed = false; // it has one, an error: of opaque work, what it did is not known
  bool going_back = false;  // it is being taken back, or was
  bool taken_back = false;
  bool acted = false; // as in RunTarget
  std::optional<UndoHistory> undoing;
  Value outputs;               // of the last stage that gave any
  bool masked_outputs = false; // they held a secret: what the journal has is not what they are
  bool masked_undo = false;    // the same of undo data
};

struct RunHistory {
  state::JournalHeader header;
  RunBegin begin;
  std::map<TargetKey, TargetHistory> targets;
  std::vector<TargetKey> touched;             // in the order of effects
  std::map<std::string, StepDoneRecord> done; // by step; not the failed ones
  std::vector<ApprovalRecord> approvals;
  std::vector<std::string> parked; // steps that ever waited for a person
  std::string freeze_override;     // why it may go on in a freeze; empty: it may not
  std::optional<FailureRecord> failure;
  std::optional<RunEnd> end;
  bool committed = false;
  std::string replaced;     // why it was dropped without having changed anything; empty: it was not
  bool interrupted = false; // it gave up its place at a safe point

  [[nodiscard]] const TargetHistory* find(const std::string& step, const std::string& target) const;
  [[nodiscard]] bool changed_something() const { return !touched.empty(); }
};

// What an outcome says about its target.
void take_outcome(RunHistory& history, const OutcomeRecord& record);

// Cause::config when a record is not what this version writes.
Result<RunHistory> read_history(const state::JournalContent& journal);

} // namespace deployctl::engine
