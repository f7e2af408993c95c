// What the engine writes into a run's journal, record by record, as types. Their members as tables stand in
// run_record_codec.hpp, the bytes are state/journal.hpp, what a sequence of records means is run_history.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/intent.hpp>

namespace deployctl::engine {

// Which attempt at which stage. `back`: a stage of taking back, `round` counts the undo records.
struct StageRef {
  std::string step;
  std::string target;
  std::string stage;
  int index = 0; // of the stage within its change
  int attempt = 1;
  bool back = false;
  int round = 0;
};

struct RunBegin {
  std::string operation; // "apply" | "rollback" | "run"
  std::string release;   // id of the release being made
  std::string by;
  std::string pipeline_digest;
  std::string plan; // SHA-256 of the plan file's text, which is kept as a blob
};

struct IntentRecord {
  StageRef ref;
  std::string key;
  CrashClass crash_class = CrashClass::declarative;
  Ask ask;
  Change change;
  std::string started_at;
};

struct RemoteIdRecord {
  StageRef ref;
  std::string id;
};

struct UndoRecord {
  StageRef ref;
  Value data;
  bool masked = false; // it held a secret: what stands here cannot be used
};

struct ErrorRecord {
  std::string cause;
  std::string message;
  std::vector<std::string> evidence;
};

struct OutcomeRecord {
  StageRef ref;
  Value outputs;
  std::optional<ErrorRecord> error;
  bool untouched = false; // surely without effect
  bool adopted = false;   // found done after a crash
  bool masked = false;    // the outputs held a secret: what stands here is not what they are
};

struct ReadyRecord {
  StageRef ref;
};

struct GateRecord {
  std::string step;
  std::string gate;
  std::string place;   // "behind wave 2 of 7"
  std::string verdict; // "pass" | "fail" | "inconclusive" | "error"
  std::string detail;
  std::vector<std::string> evidence;
};

struct BehindRecord { // a host that the step left as it was
  std::string target;
  std::string why;
};

struct StepDoneRecord {
  std::string step;
  std::string result; // "changed" | "unchanged" | "failed"
  Value inputs;       // as resolved; null when nothing of it was left open by the plan
  Value outputs;
  std::vector<BehindRecord> behind;
  bool masked = false; // as in OutcomeRecord
};

struct FailureRecord { // compensate_begin
  std::string step;
  ErrorRecord error;
};

struct TakenBackRecord { // compensate_end
  std::string step;
  std::string target;
  std::string problem; // empty: it is as before
};

struct ApprovalRecord {
  std::string step; // empty: the plan
  std::string digest;
  std::string by;
  std::string how;
};

struct DecisionRecord {
  std::string what; // "resume", "replaced", "abort", "park"
  std::string by;   // who; park: the step
  std::string why;
};

struct RunEnd {
  std::string outcome;
  int exit_code = 0;
  std::string release; // id of the one that was made; empty when none
  std::string record;  // SHA-256 of its document, which is kept as a blob
  std::string ended_at;
  Value summary; // the ending, as a document
};

ErrorRecord record_of(const Error& error);
Error error_of(const ErrorRecord& record);
StageRef ref_of(const Intent& intent, int index, bool back, int round);

} // namespace deployctl::engine
