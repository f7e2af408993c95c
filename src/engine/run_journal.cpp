#include "engine/run_journal.hpp"

#include <utility>

#include "base/time.hpp"
#include "engine/redacted.hpp"
#include "engine/run_record_codec.hpp"
#include "state/fields.hpp"

namespace deployctl::engine {

using state::RecordType;

namespace {

constexpr std::uint64_t room_for_outcomes = 256U << 10; // bytes

} // namespace

ErrorRecord record_of(const Error& error) {
  return {.cause = std::string(to_text(error.cause)), .message = error.message, .evidence = error.evidence};
}

Error error_of(const ErrorRecord& record) {
  return {.cause = cause_from_text(record.cause).value_or(Cause::internal),
          .message = record.message,
          .evidence = record.evidence};
}

StageRef ref_of(const Intent& intent, int index, bool back, int round) {
  return {intent.step, intent.target, intent.stage, index, intent.attempt, back, round};
}

Status RunJournal::write(std::vector<state::Record> records) {
  const std::string now = format_time(clock_.wall());
  for (state::Record& record : records) record.payload["at"] = now;
  return writer_->append(records);
}

template <class T>
Status RunJournal::append(RecordType type, const T& record) {
  return write({{type, redacted(plan::encode(record), redactions_)}});
}

Status RunJournal::begin(const RunBegin& record, const std::vector<std::string>& blobs,
                         const ApprovalRecord& approval) {
  return write({{RecordType::run_begin, redacted(plan::encode(record), redactions_)},
                {RecordType::approval, plan::encode(approval)},
                {RecordType::blobs, Value::Map{{"digests", state::to_list(blobs)}}}});
}

// Room is made first: what a stage did must find its place in the journal, however full the disk gets.
Status RunJournal::may_start() {
  const std::lock_guard lock(mutex_);
  if (stopped_) return fail(*stopped_);
  Status may = still_ours_ ? still_ours_() : Status{};
  if (!may && may.error().cause == Cause::conflict) {
    lease_lost_ = true;
    const Value why = redactions_.redact(may.error().message);
    DEPLOYCTL_CHECK(write({{RecordType::lease_lost, Value::Map{{"why", why}}}}));
  }
  if (may) may = writer_->reserve(room_for_outcomes);
  if (!may) stopped_ = may.error();
  return may;
}

std::optional<Error> RunJournal::stopped() const {
  if (auto broken = writer_->broken()) return broken;
  const std::lock_guard lock(mutex_);
  return stopped_;
}

bool RunJournal::lease_lost() const {
  const std::lock_guard lock(mutex_);
  return lease_lost_;
}

Status RunJournal::intent(const IntentRecord& record) {
  DEPLOYCTL_CHECK(may_start());
  return append(RecordType::intent, record);
}
Status RunJournal::remote_id(const RemoteIdRecord& record) {
  return append(RecordType::remote_id, record);
}
// What a mask replaced is marked: a later process must not take the mask for the value.
template <class T>
Status RunJournal::append_marked(RecordType type, T record, const Value& value) {
  record.masked = !(redacted(value, redactions_) == value);
  return append(type, record);
}

Status RunJournal::undo(const UndoRecord& record) {
  return append_marked(RecordType::undo, record, record.data);
}
Status RunJournal::outcome(const OutcomeRecord& record) {
  return append_marked(RecordType::outcome, record, record.outputs);
}
Status RunJournal::ready(const ReadyRecord& record) {
  return append(RecordType::ready, record);
}
Status RunJournal::gate(const GateRecord& record) {
  return append(RecordType::gate, record);
}
Status RunJournal::approval(const ApprovalRecord& record) {
  return append(RecordType::approval, record);
}
Status RunJournal::step_done(const StepDoneRecord& record) {
  return append_marked(RecordType::step_done, record, record.outputs);
}
Status RunJournal::failure(const FailureRecord& record) {
  return append(RecordType::compensate_begin, record);
}
Status RunJournal::taken_back(const TakenBackRecord& record) {
  return append(RecordType::compensate_end, record);
}
Status RunJournal::decision(const DecisionRecord& record) {
  return append(RecordType::decision, record);
}
Status RunJournal::assumed(const DecisionRecord& record, const OutcomeRecord& outcome) {
  return write({{RecordType::decision, redacted(plan::encode(record), redactions_)},
                {RecordType::outcome, redacted(plan::encode(outcome), redactions_)}});
}
Status RunJournal::end(const RunEnd& record) {
  return append(RecordType::run_end, record);
}

Status RunJournal::signal(int number) {
  return write({{RecordType::signal, Value::Map{{"number", Value(number)}}}});
}

Status RunJournal::committed() {
  DEPLOYCTL_CHECK(write({{RecordType::committed, Value::Map{}}}));
  return writer_->finish();
}

} // namespace deployctl::engine
