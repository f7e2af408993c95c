// One run's journal as the engine uses it: typed records, durable when the call returns. Thread-safe. After a
// failed write every later one fails too, and the run starts nothing new.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/redactor.hpp"
#include "engine/run_records.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

class RunJournal {
public:
  // No record holds the bytes of a secret: all pass through `redactions`.
  RunJournal(std::unique_ptr<state::JournalWriter> writer, std::string path, const RedactionSet& redactions)
      : writer_(std::move(writer)), path_(std::move(path)), redactions_(redactions) {}

  Status begin(const RunBegin& record, const std::vector<std::string>& blobs, const ApprovalRecord& approval);
  Status intent(const IntentRecord& record);
  Status remote_id(const RemoteIdRecord& record);
  Status undo(const UndoRecord& record);
  Status outcome(const OutcomeRecord& record);
  Status ready(const ReadyRecord& record);
  Status gate(const GateRecord& record);
  Status approval(const ApprovalRecord& record);
  Status step_done(const StepDoneRecord& record);
  Status failure(const FailureRecord& record);
  Status taken_back(const TakenBackRecord& record);
  Status decision(const DecisionRecord& record);
  Status signal(int number);
  Status end(const RunEnd& record);
  Status committed();

  [[nodiscard]] const std::string& path() const { return path_; }

private:
  template <class T>
  Status append(state::RecordType type, const T& record);

  std::unique_ptr<state::JournalWriter> writer_;
  std::string path_;
  const RedactionSet& redactions_;
};

} // namespace deployctl::engine
