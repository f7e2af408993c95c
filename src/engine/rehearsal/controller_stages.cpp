#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/rehearsal/controller.hpp"

namespace deployctl::engine::rehearsal {

namespace {

const Error cancelled{.cause = Cause::cancelled, .message = "stopped"};
const Error lost_lock{.cause = Cause::superseded, .message = "the lock is another's now"};

bool repeatable(CrashClass crash_class) {
  return crash_class != CrashClass::opaque && crash_class != CrashClass::marked;
}

} // namespace

// A stop because of the stage's limit is no interrupt.
Error Controller::in_time(const Job& job, const Error& error) {
  if (!job.late || error.cause != Cause::cancelled) return error;
  return {.cause = Cause::timeout,
          .message = "did not end in time",
          .retryable = repeatable(job.intent.crash_class)};
}

bool Controller::may_start() const {
  return scene_.bug == Bug::epoch_unchecked || lease_.may_start(clock());
}

void Controller::write_intent(const JobPointer& job) {
  if (job->finished) return;
  if (job->stop) return report(job, in_time(*job, cancelled));
  // Not renewed for too long: nothing starts until it is, or until it is known to be lost.
  if (!may_start() && lease_.held()) return later(Milliseconds{300}, [this, job] { write_intent(job); });
  if (!may_start()) return report(job, lost_lock);
  const IntentRecord record{job->ref,        job->intent.key,    job->intent.crash_class,
                            job->intent.ask, job->intent.change, ""};
  if (auto written = append(state::RecordType::intent, record, class_of(job->id.at.step)); !written)
    return report(job, written.error());
  job->begun = true;
  if (job->id.back) target(job->id.at).went_back = true;
  later([this, job] { send(job); });
}

Status Controller::write_undo(Job& job) {
  RunTarget& on = target(job.id.at);
  const StepShape& step = shape(job.id.at);
  if (job.id.back || step.kind != Kind::resource) return {};
  if (step.stages.at(job.id.stage).kind == StageKind::prepare) return {};
  const int before = scene_.world.at(job.id.at).live.at(job.id.stage);
  Value data = Value::Map{{"stage", static_cast<std::int64_t>(job.id.stage)}, {"before", before}};
  on.undo.push_back({job.intent.ask, job.ref.stage, data});
  return append(state::RecordType::undo, UndoRecord{job.ref, std::move(data)}, class_of(job.id.at.step));
}

void Controller::send(const JobPointer& job) {
  if (job->finished) return;
  if (job->stop) return failed(job, cancelled);
  if (!may_start() && lease_.held()) return later(Milliseconds{300}, [this, job] { send(job); });
  if (!may_start()) return failed(job, lost_lock);
  if (auto written = write_undo(*job); !written) return failed(job, written.error());
  if (alive_) ask(job);
}

Request Controller::request_of(const Job& job) const {
  Request request{.at = job.id.at,
                  .stage = job.id.stage,
                  .back = job.id.back,
                  .key = job.intent.key,
                  .epoch = epoch_,
                  .process = number_,
                  .lasts = Milliseconds{scene_.dice.between(5, 60)}};
  if (job.id.back) request.value = 0;
  if (job.id.back && shape(job.id.at).kind == Kind::resource) {
    request.stage = static_cast<std::size_t>(*job.intent.change.basis.find("stage")->get<std::int64_t>());
    request.value = static_cast<int>(*job.intent.change.basis.find("before")->get<std::int64_t>());
  }
  return request;
}

void Controller::ask(const JobPointer& job) {
  if (job->finished) return;
  if (job->stop) return failed(job, cancelled);
  if (!may_start()) return failed(job, lost_lock);
  const TargetId at = job->id.at;
  const std::size_t crash_class = class_of(at.step);
  if (scene_.faults.holds(Struck::request, crash_class, name_of(scene_, at)))
    return later([this, job] { ask(job); });
  const auto strikes = [&](FaultKind kind) { return scene_.strikes(kind, crash_class); };
  if (strikes(FaultKind::refused))
    return failed(job,
                  {.cause = Cause::command_failed, .message = "refused", .retryable = scene_.dice.one_in(2)});
  Request request = request_of(*job);
  if (strikes(FaultKind::slow_answer)) request.lasts = Milliseconds{20'000};
  const auto& durable = scene_.store.journals.at(run_).intents;
  scene_.checks.require(durable.count({job->intent.key, job->intent.attempt}) != 0, Check::intent_first,
                        job->intent.key);
  scene_.checks.require(scene_.store.cell.pending_run == run_ || scene_.store.cell.epoch != epoch_,
                        Check::pending_known, fmt::format("{} has an effect and is not pending", run_));
  auto begun = scene_.world.begin(request);
  if (!begun) return failed(job, begun.error());
  if (!job->id.back) check_order(scene_, job->id);
  job->operation = *begun;
  if (shape(at).crash_class != CrashClass::opaque && strikes(FaultKind::duplicate_request)) {
    request.lasts = Milliseconds{0};
    (void)scene_.world.begin(request);
  }
  job->fails_behind = strikes(FaultKind::failed_behind);
  job->lost = strikes(FaultKind::lost_answer);
  later([this, job] { sent(job); });
}

void Controller::sent(const JobPointer& job) {
  if (job->finished) return;
  const CrashClass crash_class = shape(job->id.at).crash_class;
  if (crash_class == CrashClass::marked || crash_class == CrashClass::keyed) {
    if (!job->id.back) target(job->id.at).acted = true;
    const RemoteIdRecord record{job->ref, fmt::format("operation-{}", *job->operation)};
    if (auto written = append(state::RecordType::remote_id, record, class_of(job->id.at.step)); !written) {
      scene_.world.stop(*job->operation);
      return failed(job, written.error());
    }
  }
  answer(job);
}

void Controller::answer(const JobPointer& job) {
  if (job->finished || !alive_) return;
  const Operation& operation = scene_.world.operation(*job->operation);
  if (operation.dropped) return failed(job, cancelled);
  if (job->lost) return; // only its limit ends this
  if (!operation.landed)
    return later(std::max(operation.done_at - scene_.timeline.now(), Milliseconds{1}),
                 [this, job] { answer(job); });
  if (job->fails_behind)
    return failed(job,
                  {.cause = Cause::command_failed, .message = "failed", .retryable = scene_.dice.one_in(2)});
  if (!job->id.back && shape(job->id.at).stages.at(job->id.stage).kind != StageKind::prepare)
    target(job->id.at).acted = true;
  const OutcomeRecord record{job->ref, {}, std::nullopt, false, false};
  const Status written = append(state::RecordType::outcome, record, class_of(job->id.at.step));
  report(job, written ? std::nullopt : std::optional(written.error()));
}

// What is under way at the target ends with the call.
void Controller::stop(const JobPointer& job) {
  if (job->finished || job->stop) return;
  job->stop = true;
  if (!job->operation) return; // sees it at its next step
  if (scene_.dice.one_in(2) || job->lost || job->late) {
    scene_.world.stop(*job->operation);
    return later(Milliseconds{20}, [this, job] { failed(job, cancelled); });
  }
}

void Controller::failed(const JobPointer& job, const Error& error) {
  if (job->finished || !alive_) return;
  const Error known = in_time(*job, error);
  // A cancelled attempt gets no outcome: what happened is found out when the run goes on.
  if (known.cause == Cause::cancelled) return report(job, known);
  const bool asks = !job->id.back && job->id.stage == 0 && shape(job->id.at).kind == Kind::task;
  const bool untouched =
      asks && scene_.world.confirm(job->id.at, 0, false, epoch_) == Confirmation::State::not_done;
  const OutcomeRecord record{job->ref, {}, record_of(known), untouched, false};
  if (auto written = append(state::RecordType::outcome, record, class_of(job->id.at.step)); !written)
    return report(job, written.error());
  report(job, known, untouched);
}

void Controller::report(const JobPointer& job, std::optional<Error> error, bool untouched) {
  if (job->finished || !alive_) return;
  job->finished = true;
  std::erase(running_, job);
  say([&] {
    return fmt::format("{} on {}, {}: {}", job->intent.step, job->intent.target, job->intent.stage,
                       error ? error->message : std::string("done"));
  });
  give(StageDone{.id = job->id, .error = std::move(error), .begun = job->begun, .untouched = untouched});
}

} // namespace deployctl::engine::rehearsal
