#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/command_records.hpp"
#include "engine/gate_jobs.hpp"
#include "engine/rehearsal/controller.hpp"
#include "engine/stage_jobs.hpp"
#include "engine/turn_jobs.hpp"
#include "plan/compare.hpp"

namespace deployctl::engine::rehearsal {

namespace {

std::string where(const Scene& scene, const StageId& id) {
  const StepShape& step = scene.scenario.steps.at(id.at.step);
  return fmt::format("{} on t{}, {}{}", step.id, id.at.target, id.back ? "back from " : "",
                     step.stages.at(std::min(id.stage, step.stages.size() - 1)).name);
}

} // namespace

void Controller::give(ReportBody body) {
  if (!scheduler_ || scheduler_->finished()) return;
  if (std::holds_alternative<WindDown>(body)) wound_down_ = true;
  for (const Command& command : scheduler_->advance({clock(), std::move(body)})) {
    if (!alive_) return;
    std::visit([this](const auto& each) { obey(each); }, command);
  }
}

// The journal is what everything else rests on: without it nothing new may start.
void Controller::keep(const Status& written) {
  if (written || journal_error_ || !alive_) return;
  journal_error_ = written.error();
  later(Milliseconds{0}, [this] { give(WindDown{}); });
}

void Controller::obey(const TakeTurn& command) {
  later([this, command] { give(TurnTaken{command.step, turn(command.step)}); });
}

Result<Work> Controller::turn(std::size_t step) {
  scene_.turned.insert(step);
  RunStep& context = deployment_->steps.at(step);
  const StepShape& shape = scene_.scenario.steps.at(step);
  bool began = false;
  for (std::size_t i = 0; i < shape.targets; ++i) {
    const bool mine = history_ && history_->find(shape.id, fmt::format("t{}", i));
    began = began || mine;
    if (!mine && scene_.world.at({step, i}).drifted)
      return fail(Cause::conflict, fmt::format("t{} was changed since the plan was made", i));
  }
  plan::PlannedStep now = context.approved;
  if (shape.open && !began) {
    now = planned_step(shape, scene_.scenario);
    if (shape.outgrows) now.targets.front().change.action = Action::replace;
    if (const auto outside = plan::outside_approval(context.approved, now); !outside.empty())
      return fail(Cause::conflict, plan::to_text(outside.front()));
  }
  take_plan(context, now, *deployment_);
  return work_of(context, now, *deployment_);
}

void Controller::obey(const RunStage& command) {
  say([&] { return fmt::format("{}: begins, attempt {}", where(scene_, command.id), command.id.attempt); });
  const RunStep& context = deployment_->steps.at(command.id.at.step);
  const RunTarget& on = target(command.id.at);
  const Change& change = command.id.back ? on.back : on.change;
  const Stage& stage = change.stages.at(command.id.stage);
  scene_.checks.require(!wound_down_, Check::nothing_after_wind_down, where(scene_, command.id));
  auto job = std::make_shared<Job>();
  job->id = command.id;
  job->on_cancel = stage.on_cancel;
  const bool goes_on = !command.id.back && on.adopted && on.adopted->stage == stage.name;
  job->intent = goes_on ? *on.adopted : Intent{};
  job->intent.run = run_;
  job->intent.step = context.approved.id;
  job->intent.target = on.target.name;
  job->intent.stage = stage.name;
  job->intent.attempt = command.id.attempt + (goes_on ? on.adopted->attempt : 0);
  job->intent.crash_class = context.approved.crash_class;
  job->intent.ask = command.id.back ? on.back_ask : on.ask;
  job->intent.change = change;
  job->ref = ref_of(job->intent, static_cast<int>(command.id.stage), command.id.back, command.id.round);
  job->intent.key = idempotency_key(run_, job->ref);
  running_.push_back(job);
  scene_.checks.require(running_.size() <= scene_.scenario.parallel, Check::bounded,
                        where(scene_, command.id));
  later([this, job] { write_intent(job); });
  later(stage.timeout, [this, job] {
    job->late = true;
    stop(job);
  });
}

void Controller::obey(const PollReady& command) {
  later(Milliseconds{60}, [this, command] {
    if (!executing()) return;
    const std::size_t crash_class = class_of(command.id.at.step);
    if (!command.id.back &&
        scene_.faults.holds(Struck::readiness, crash_class, name_of(scene_, command.id.at)))
      return obey(command);
    if (!command.id.back && scene_.strikes(FaultKind::never_ready, crash_class))
      scene_.never_ready.insert(command.id.at);
    const bool waits = !command.id.back && scene_.never_ready.count(command.id.at) != 0;
    give(ReadyPolled{command.id, {waits ? Readiness::State::waiting : Readiness::State::ready, "", {}}});
  });
}

void Controller::obey(const JudgeGate& command) {
  later(Milliseconds{60}, [this, command] {
    constexpr std::array bad = {Verdict::State::fail, Verdict::State::inconclusive, Verdict::State::error};
    if (!executing()) return;
    const std::size_t crash_class = class_of(command.id.step);
    if (scene_.faults.holds(Struck::gate, crash_class, scene_.scenario.steps.at(command.id.step).id))
      return obey(command);
    const bool wrong = scene_.strikes(FaultKind::gate_failed, crash_class);
    const Verdict verdict{wrong ? scene_.dice.pick(bad) : Verdict::State::pass, "simulated", {}};
    say([&] {
      return fmt::format("gate of {}: {}", deployment_->steps.at(command.id.step).approved.id,
                         wrong ? "not passed" : "passed");
    });
    give(GateJudged{command.id, verdict, ReadyRule{Milliseconds{900}, Milliseconds{300}, 1}});
  });
}

// A verdict is evidence: a journal that cannot take it stops the run at its next intent.
void Controller::obey(const GateEnded& command) {
  (void)append(state::RecordType::gate, gate_record(deployment_->steps.at(command.id.step), command),
               class_of(command.id.step));
}

void Controller::obey(const PlanRevert& command) {
  later([this, command] {
    if (scene_.world.under_way(command.at)) return obey(command); // a target does one thing after the other
    const auto stages = change_back(command.at, command.round);
    const bool untouched = stages && !*stages && never_touched(target(command.at));
    give(RevertPlanned{command.at, stages, untouched});
  });
}

void Controller::obey(const AskLeave& command) {
  later([this, command] {
    if (!executing()) return;
    const std::size_t crash_class = class_of(command.step);
    if (scene_.faults.holds(Struck::leave, crash_class, scene_.scenario.steps.at(command.step).id))
      return obey(command);
    Leave leave;
    if (scene_.strikes(FaultKind::frozen, crash_class))
      leave = {Leave::Kind::wait, Milliseconds{2'000}, {.message = "frozen"}};
    if (scene_.strikes(FaultKind::not_approved, crash_class))
      leave = {Leave::Kind::park, {}, {.cause = Cause::policy, .message = "not approved yet"}};
    give(LeaveAnswered{command.step, command.place, leave});
  });
}

void Controller::obey(const StepHeld& command) {
  if (command.leave.kind != Leave::Kind::park) return;
  keep(append(state::RecordType::decision, park_record(*deployment_, command), class_of(command.step)));
}

// As stage_jobs_back.cpp: round by round from the newest undo record to the oldest.
Result<std::optional<std::vector<Stage>>> Controller::change_back(TargetId at, int round) {
  RunTarget& back = target(at);
  const StepShape& step = shape(at);
  if (!scene_.world.reachable(at)) return fail(Cause::network, "no route to the host");
  if (step.kind == Kind::task) {
    if (round > 0 || !step.has_undo) return std::nullopt;
    if (back.no_undo) return fail(*back.no_undo);
    back.back = {.action = Action::run, .stages = {Stage{.name = "run", .timeout = Milliseconds{5'000}}}};
    return back.back.stages;
  }
  const auto rounds = static_cast<int>(back.undo.size());
  if (round >= rounds) return std::nullopt;
  const Undo& undo = back.undo[static_cast<std::size_t>(rounds - 1 - round)];
  const auto stage = static_cast<std::size_t>(*undo.data.find("stage")->get<std::int64_t>());
  const std::int64_t before = *undo.data.find("before")->get<std::int64_t>();
  back.back_ask = undo.ask;
  back.back = {.basis = undo.data};
  if (scene_.world.at(at).live.at(stage) != before)
    back.back.stages = {Stage{.name = "back", .timeout = Milliseconds{5'000}}};
  return back.back.stages;
}

void Controller::obey(const StartTimer& command) {
  timers_.push_back(command.token);
  later(command.delay, [this, token = command.token] {
    if (std::erase(timers_, token) > 0) give(TimerFired{token});
  });
}

void Controller::obey(const StepStarted&) {}

void Controller::obey(const StepEnded& command) {
  if (command.result != StepResult::changed && command.result != StepResult::unchanged) return;
  keep(append(state::RecordType::step_done, step_done_record(*deployment_, *scheduler_, command, {}),
              class_of(command.step)));
}

void Controller::obey(const StageReady& command) {
  keep(append(state::RecordType::ready, ready_record(*deployment_, command), class_of(command.id.at.step)));
}

void Controller::obey(const TargetBehind& command) {
  scene_.behind.insert(command.at);
}

void Controller::obey(const FailureDecided& command) {
  const FailureRecord record = failure_record(*deployment_, command);
  say([&] { return fmt::format("{} failed: {}", record.step, command.error.message); });
  keep(append(state::RecordType::compensate_begin, record, class_of(command.step)));
}

void Controller::obey(const TargetReverted& command) {
  keep(append(state::RecordType::compensate_end, taken_back_record(*deployment_, command),
              class_of(command.at.step)));
}

void Controller::obey(const StopStages& command) {
  const std::vector<JobPointer> running = running_;
  for (const JobPointer& job : running)
    if (command.all || job->on_cancel != OnCancel::finish) stop(job);
}

void Controller::obey(const Finish& command) {
  how_ = command;
  later([this] { close(); });
}

} // namespace deployctl::engine::rehearsal
