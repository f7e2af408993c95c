// One run's journal as the engine uses it: typed records, durable when the call returns. Thread-safe. After a
// failed write every later one fails too, and the run starts nothing new.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>

#include "base/redactor.hpp"
#include "engine/run_records.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

class RunJournal {
public:
  // No record holds the bytes of a secret: all pass through `redactions`. `still_ours` is asked before every
  // intent: what it answers when it refuses is written as `lease_lost`, and no intent follows. Each record
  // says when it was written.
  RunJournal(std::unique_ptr<state::JournalWriter> writer, std::string path, const RedactionSet& redactions,
             const Clock& clock, std::function<Status()> still_ours = {})
      : writer_(std::move(writer)), path_(std::move(path)), redactions_(redactions), clock_(clock),
        still_ours_(std::move(still_ours)) {}

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
  Status assumed(const DecisionRecord& record, const OutcomeRecord& outcome); // both or none
  Status signal(int number);
  Status end(const RunEnd& record);
  Status committed();

  [[nodiscard]] const std::string& path() const { return path_; }
  // Why no intent may follow: a failed write, no room for outcomes, or the lock is someone else's.
  [[nodiscard]] std::optional<Error> stopped() const;
  [[nodiscard]] bool lease_lost() const;

private:
  Status may_start();
  Status write(std::vector<state::Record> records);

  template <class T>
  Status append(state::RecordType type, const T& record);
  template <class T>
  Status append_marked(state::RecordType type, T record, const Value& value);

  std::unique_ptr<state::JournalWriter> writer_;
  std::string path_;
  const RedactionSet& redactions_;
  const Clock& clock_;
  std::function<Status()> still_ours_;
  mutable std::mutex mutex_;
  std::optional<Error> stopped_; // guarded by mutex_, like the next
  bool lease_lost_ = false;
};

} // namespace deployctl::engine
