#include "engine/run_journal.hpp"

#include <utility>

#include "engine/redacted.hpp"
#include "engine/run_record_codec.hpp"

namespace deployctl::engine {

using state::RecordType;

namespace {

Value list_of(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

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

template <class T>
Status RunJournal::append(RecordType type, const T& record) {
  return writer_->append(type, redacted(plan::encode(record), redactions_));
}

Status RunJournal::begin(const RunBegin& record, const std::vector<std::string>& blobs,
                         const ApprovalRecord& approval) {
  return writer_->append({{RecordType::run_begin, redacted(plan::encode(record), redactions_)},
                          {RecordType::approval, plan::encode(approval)},
                          {RecordType::blobs, Value::Map{{"digests", list_of(blobs)}}}});
}

Status RunJournal::intent(const IntentRecord& record) {
  return append(RecordType::intent, record);
}
Status RunJournal::remote_id(const RemoteIdRecord& record) {
  return append(RecordType::remote_id, record);
}
Status RunJournal::undo(const UndoRecord& record) {
  return append(RecordType::undo, record);
}
Status RunJournal::outcome(const OutcomeRecord& record) {
  return append(RecordType::outcome, record);
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
  return append(RecordType::step_done, record);
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
Status RunJournal::end(const RunEnd& record) {
  return append(RecordType::run_end, record);
}

Status RunJournal::signal(int number) {
  return writer_->append(RecordType::signal, Value::Map{{"number", Value(number)}});
}

Status RunJournal::committed() {
  DEPLOYCTL_CHECK(writer_->append(RecordType::committed, Value::Map{}));
  return writer_->finish();
}

} // namespace deployctl::engine
