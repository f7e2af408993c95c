#include "engine/run_history.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "engine/run_record_codec.hpp"

namespace deployctl::engine {

using state::RecordType;

namespace {

// Members that records of an earlier build do not have yet: what is absent is as in a record of nothing.
struct LaterMember {
  RecordType record;
  std::string_view name;
};
constexpr std::array later_members = {
    LaterMember{RecordType::undo, "masked"},      LaterMember{RecordType::outcome, "masked"},
    LaterMember{RecordType::step_done, "masked"}, LaterMember{RecordType::step_done, "behind"},
    LaterMember{RecordType::approval, "step"},    LaterMember{RecordType::run_end, "record"},
    LaterMember{RecordType::run_end, "ended_at"}, LaterMember{RecordType::run_end, "summary"},
};

template <class T>
Status read(T& out, const state::Record& record) {
  const auto lacks = [&](const LaterMember& each) {
    return each.record == record.type && record.payload.map() && !record.payload.find(each.name);
  };
  Value whole = record.payload;
  if (auto* members = whole.get<Value::Map>()) members->erase("at"); // when it was written: for people
  if (std::none_of(later_members.begin(), later_members.end(), lacks))
    return plan::Decoder().read(out, whole);
  const Value nothing = plan::encode(T{});
  for (const LaterMember& each : later_members)
    if (lacks(each)) whole[each.name] = *nothing.find(each.name);
  return plan::Decoder().read(out, whole);
}

class Replay {
public:
  explicit Replay(RunHistory& history) : history_(history) {}

  Status add(const state::Record& record) {
    switch (record.type) {
    case RecordType::run_begin:
      return read(history_.begin, record);
    case RecordType::intent:
      return with<IntentRecord>(record, &Replay::intent);
    case RecordType::remote_id:
      return with<RemoteIdRecord>(record, &Replay::remote_id);
    case RecordType::undo:
      return with<UndoRecord>(record, &Replay::undo);
    case RecordType::outcome:
      return with<OutcomeRecord>(record, &Replay::outcome);
    case RecordType::ready:
      return with<ReadyRecord>(record, &Replay::ready);
    case RecordType::step_done:
      return with<StepDoneRecord>(record, &Replay::step_done);
    case RecordType::compensate_begin:
      return read(history_.failure.emplace(), record);
    case RecordType::compensate_end:
      return with<TakenBackRecord>(record, &Replay::taken_back);
    case RecordType::run_end:
      return read(history_.end.emplace(), record);
    case RecordType::signal:
      history_.interrupted = true;
      return {};
    case RecordType::approval:
      return read(history_.approvals.emplace_back(), record);
    case RecordType::decision:
      return with<DecisionRecord>(record, &Replay::decision);
    case RecordType::committed:
      history_.committed = true;
      return {};
    default:
      return {}; // for people: gates
    }
  }

private:
  template <class T>
  Status with(const state::Record& record, void (Replay::*apply)(const T&)) {
    T typed;
    DEPLOYCTL_CHECK(read(typed, record));
    (this->*apply)(typed);
    return {};
  }

  TargetHistory& at(const StageRef& ref) { return history_.targets[{ref.step, ref.target}]; }

  [[nodiscard]] Intent intent_of(const IntentRecord& record) const {
    return {.run = history_.header.run,
            .step = record.ref.step,
            .target = record.ref.target,
            .stage = record.ref.stage,
            .attempt = record.ref.attempt,
            .key = record.key,
            .crash_class = record.crash_class,
            .ask = record.ask,
            .change = record.change,
            .started_at = record.started_at};
  }

  void intent(const IntentRecord& record) {
    history_.interrupted = false;
    TargetHistory& target = at(record.ref);
    if (record.ref.back) {
      target.going_back = true;
      if (target.undo.empty()) target.undoing = UndoHistory{.intent = intent_of(record), .ref = record.ref};
      return;
    }
    target.change = record.change;
    target.ask = record.ask;
    target.open_index = record.ref.index;
    target.open = intent_of(record);
    target.open_failed = false;
    const auto index = static_cast<std::size_t>(record.ref.index);
    const bool prepares =
        index < record.change.stages.size() && record.change.stages[index].kind == StageKind::prepare;
    if (!prepares && !target.touched) {
      target.touched = true;
      history_.touched.emplace_back(record.ref.step, record.ref.target);
    }
  }

  void remote_id(const RemoteIdRecord& record) {
    TargetHistory& target = at(record.ref);
    if (record.ref.back) return;
    target.acted = true;
    if (target.open) target.open->remote_ids.push_back(record.id);
  }

  void undo(const UndoRecord& record) {
    if (record.ref.back) return;
    TargetHistory& target = at(record.ref);
    target.undo.push_back({target.ask, record.ref.stage, record.data});
    target.masked_undo = target.masked_undo || record.masked;
    if (target.open) target.open->undo.push_back(record.data);
  }

  void outcome(const OutcomeRecord& record) { take_outcome(history_, record); }

  void ready(const ReadyRecord& record) {
    if (!record.ref.back) at(record.ref).progress = {static_cast<std::size_t>(record.ref.index) + 1, false};
  }

  void decision(const DecisionRecord& record) {
    if (record.what == "park") {
      history_.interrupted = true;
      history_.parked.push_back(record.by);
    }
    if (record.what == "override_freeze") history_.freeze_override = record.why;
    if (record.what == "replaced") history_.replaced = record.why;
  }

  void step_done(const StepDoneRecord& record) {
    if (record.result != "failed") history_.done[record.step] = record;
  }

  void taken_back(const TakenBackRecord& record) {
    if (record.problem.empty()) history_.targets[{record.step, record.target}].taken_back = true;
  }

  RunHistory& history_;
};

} // namespace

namespace {

// Of a task: its undo runs once. What a person said may run again is an outcome that was cancelled.
void take_outcome_of_undo(TargetHistory& target, const OutcomeRecord& record) {
  if (!target.undoing) return;
  target.undoing->open = false;
  if (record.error && record.error->cause == to_text(Cause::cancelled)) target.undoing.reset();
  if (record.error && target.undoing) target.undoing->failed = record.error;
  if (record.error) return;
  const auto& stages = target.undoing->intent.change.stages;
  const auto index = static_cast<std::size_t>(record.ref.index);
  target.taken_back = index + 1 >= stages.size() && !stages.at(index).ready;
}

} // namespace

void take_outcome(RunHistory& history, const OutcomeRecord& record) {
  const TargetKey key{record.ref.step, record.ref.target};
  TargetHistory& target = history.targets[key];
  if (record.ref.back) return take_outcome_of_undo(target, record);
  const bool failed = record.error && record.error->cause != to_text(Cause::cancelled) && !record.untouched;
  target.open_failed = failed && target.open && target.open->crash_class == CrashClass::opaque;
  if (!target.open_failed) target.open.reset();
  if (record.untouched && target.touched) {
    target.touched = false;
    history.touched.erase(std::remove(history.touched.begin(), history.touched.end(), key),
                          history.touched.end());
  }
  if (record.error) return;
  if (!record.outputs.is_null()) {
    target.outputs = record.outputs;
    target.masked_outputs = record.masked;
  }
  const auto index = static_cast<std::size_t>(record.ref.index);
  const bool prepared =
      index < target.change.stages.size() && target.change.stages[index].kind == StageKind::prepare;
  target.acted = target.acted || !prepared;
  const bool waits = index < target.change.stages.size() && target.change.stages[index].ready.has_value();
  target.progress = waits ? Progress{index, true} : Progress{index + 1, false};
}

const TargetHistory* RunHistory::find(const std::string& step, const std::string& target) const {
  const auto found = targets.find({step, target});
  return found == targets.end() ? nullptr : &found->second;
}

Result<RunHistory> read_history(const state::JournalContent& journal) {
  RunHistory history;
  history.header = journal.header;
  Replay replay(history);
  for (std::size_t i = 0; i < journal.records.size(); ++i)
    if (auto added = replay.add(journal.records[i]); !added)
      return fail(std::move(added).error().in(
          fmt::format("in record {} of the journal of run {}", i + 1, journal.header.run)));
  return history;
}

} // namespace deployctl::engine
