#include "engine/run_journal.hpp"

#include <utility>

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

Status RunJournal::begin(const RunBegin& record, const std::vector<std::string>& blobs,
                         const ApprovalRecord& approval) {
  return writer_->append({{RecordType::run_begin, plan::encode(record)},
                          {RecordType::approval, plan::encode(approval)},
                          {RecordType::blobs, Value::Map{{"digests", list_of(blobs)}}}});
}

Status RunJournal::intent(const IntentRecord& record) {
  return writer_->append(RecordType::intent, plan::encode(record));
}

Status RunJournal::remote_id(const RemoteIdRecord& record) {
  return writer_->append(RecordType::remote_id, plan::encode(record));
}

Status RunJournal::undo(const UndoRecord& record) {
  return writer_->append(RecordType::undo, plan::encode(record));
}

Status RunJournal::outcome(const OutcomeRecord& record) {
  return writer_->append(RecordType::outcome, plan::encode(record));
}

Status RunJournal::ready(const ReadyRecord& record) {
  return writer_->append(RecordType::ready, plan::encode(record));
}

Status RunJournal::gate(const GateRecord& record) {
  return writer_->append(RecordType::gate, plan::encode(record));
}

Status RunJournal::step_done(const StepDoneRecord& record) {
  return writer_->append(RecordType::step_done, plan::encode(record));
}

Status RunJournal::failure(const FailureRecord& record) {
  return writer_->append(RecordType::compensate_begin, plan::encode(record));
}

Status RunJournal::taken_back(const TakenBackRecord& record) {
  return writer_->append(RecordType::compensate_end, plan::encode(record));
}

Status RunJournal::decision(const DecisionRecord& record) {
  return writer_->append(RecordType::decision, plan::encode(record));
}

Status RunJournal::signal(int number) {
  return writer_->append(RecordType::signal, Value::Map{{"number", Value(number)}});
}

Status RunJournal::end(const RunEnd& record) {
  return writer_->append(RecordType::run_end, plan::encode(record));
}

Status RunJournal::committed() {
  DEPLOYCTL_CHECK(writer_->append(RecordType::committed, Value::Map{}));
  return writer_->finish();
}

} // namespace deployctl::engine
