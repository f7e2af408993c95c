#include "engine/execute.hpp"

#include <algorithm>
#include <utility>

#include "engine/command_records.hpp"
#include "engine/planner.hpp"

namespace deployctl::engine {

Executor::Executor(const Environment& environment, Deployment& deployment, RunJournal& journal,
                   Program program)
    : environment_(environment), deployment_(deployment), journal_(journal), scheduler_(std::move(program)),
      events_(environment.events, deployment), turns_(deployment), stages_(environment, deployment, journal),
      gates_(environment, deployment), pool_(std::max<std::size_t>(environment.parallel, 1)) {}

// Jobs that still run (abandoned, or a bug on the way) are told to return.
Executor::~Executor() {
  for (auto& [id, running] : running_) running.stop.request_stop();
}

Finish Executor::run() {
  const std::stop_callback wind(environment_.interrupts.wind_down, [this] { mailbox_.post(WindDown{}); });
  const std::stop_callback abandon(environment_.interrupts.abandon, [this] { mailbox_.post(Abandon{}); });
  next_beat_ = now() + environment_.heartbeat;
  give(Started{});
  while (!scheduler_.finished()) {
    tick();
    if (auto report = next_report()) give(*std::move(report));
  }
  return how_;
}

void Executor::give(ReportBody body) {
  if (const auto* report = std::get_if<WindDown>(&body)) wind_down(*report);
  if (const auto* done = std::get_if<StageDone>(&body)) {
    events_.stage_finished(done->id, done->error);
    stop_without_journal();
  }
  if (const auto* polled = std::get_if<ReadyPolled>(&body))
    if (polled->readiness.state == Readiness::State::waiting)
      events_.waiting_until_ready(polled->id, polled->readiness);
  for (const Command& command :
       scheduler_.advance({std::chrono::duration_cast<Milliseconds>(now()), std::move(body)}))
    std::visit([this](const auto& each) { obey(each); }, command);
}

// Before the scheduler hears of the stage: it must not go on to another, nor begin to take back.
void Executor::stop_without_journal() {
  const auto stopped = journal_.stopped();
  if (!stopped || journal_error_) return;
  journal_error_ = *stopped;
  give(WindDown{});
}

void Executor::wind_down(const WindDown&) {
  if (journal_error_) return;
  const int signal = environment_.interrupts.signal ? environment_.interrupts.signal() : 0;
  events_.interrupted("winding down: nothing new starts");
  keep(journal_.signal(signal));
}

template <class Job>
void Executor::start(Running running, Job job) {
  const RunningId id = next_running_++;
  running.since = now();
  const std::stop_token stop = running.stop.get_token();
  running_.emplace(id, std::move(running));
  pool_.run([this, id, stop, job = std::move(job)] {
    try {
      ReportBody report = job(stop);
      {
        const std::lock_guard lock(finished_mutex_);
        finished_.push_back(id);
      }
      mailbox_.post(std::move(report));
    } catch (...) {
      mailbox_.post(std::current_exception());
    }
  });
}

void Executor::obey(const TakeTurn& command) {
  RunStep& context = deployment_.steps.at(command.step);
  for (const std::size_t need : scheduler_.program().steps[command.step].needs)
    if (scheduler_.result(need) == StepResult::changed || deployment_.steps[need].upstream_changed)
      context.upstream_changed = true;
  start({.what = context.approved.id + ": looking again"},
        [this, command](const std::stop_token&) -> ReportBody { return turns_.take(command.step); });
}

void Executor::obey(const RunStage& command) {
  const RunTarget& target = deployment_.steps.at(command.id.at.step).targets.at(command.id.at.target);
  const Stage& stage = (command.id.back ? target.back : target.change).stages.at(command.id.stage);
  events_.stage_started(command.id, command.limit);
  Running running{
      .limit = now() + command.limit, .on_cancel = stage.on_cancel, .what = events_.stage_text(command.id)};
  start(running, [this, command, late = running.late](const std::stop_token& stop) -> ReportBody {
    return stages_.run(command, stop, *late);
  });
}

void Executor::obey(const PollReady& command) {
  const RunTarget& target = deployment_.steps.at(command.id.at.step).targets.at(command.id.at.target);
  const Stage& stage = (command.id.back ? target.back : target.change).stages.at(command.id.stage);
  start(
      {.limit = now() + stage.ready->within,
       .on_cancel = OnCancel::kill,
       .what = events_.stage_text(command.id) + ", until it is ready"},
      [this, command](const std::stop_token& stop) -> ReportBody { return stages_.poll(command.id, stop); });
}

void Executor::obey(const JudgeGate& command) {
  const std::string& step = deployment_.steps.at(command.id.step).approved.id;
  start({.on_cancel = OnCancel::kill, .what = step + ": gates"},
        [this, command](const std::stop_token& stop) -> ReportBody { return gates_.judge(command, stop); });
}

void Executor::obey(const PlanRevert& command) {
  start({.what = deployment_.steps.at(command.at.step).approved.id + ": how to take it back"},
        [this, command](const std::stop_token& stop) -> ReportBody {
          return stages_.plan_revert(command.at, command.round, stop);
        });
}

void Executor::obey(const AskLeave& command) {
  const RunStep& context = deployment_.steps.at(command.step);
  start({.on_cancel = OnCancel::kill, .what = context.approved.id + ": whether it may go on"},
        [this, &context, command](const std::stop_token& stop) -> ReportBody {
          const LeaveQuestion question{*context.step, context.approved, command.place,
                                       context.now.waves.size()};
          return LeaveAnswered{command.step, command.place, deployment_.leave(question, stop)};
        });
}

void Executor::obey(const StartTimer& command) {
  timers_.emplace(now() + command.delay, command.token);
}

void Executor::obey(const StepStarted& command) {
  deployment_.steps.at(command.step).began = now();
  events_.step_started(command.step);
}

void Executor::obey(const StepEnded& command) {
  RunStep& context = deployment_.steps.at(command.step);
  if (context.began) context.took = now() - *context.began;
  events_.step_ended(command);
  if (command.result != StepResult::changed && command.result != StepResult::unchanged) return;
  const Value outputs = outputs_of(command.step);
  keep(journal_.step_done(step_done_record(deployment_, scheduler_, command, outputs)));
  deployment_.outputs.add(context.approved.id, outputs);
}

void Executor::obey(const StageReady& command) {
  events_.ready(command.id);
  keep(journal_.ready(ready_record(deployment_, command)));
}

void Executor::obey(const TargetBehind& command) {
  events_.left_behind(command);
}

void Executor::obey(const FailureDecided& command) {
  if (!deployment_.keeps_failure) return;
  events_.taking_back(command, scheduler_.program().steps.at(command.step));
  keep(journal_.failure(failure_record(deployment_, command)));
}

void Executor::obey(const TargetReverted& command) {
  events_.taken_back(command);
  keep(journal_.taken_back(taken_back_record(deployment_, command)));
}

void Executor::obey(const GateEnded& command) {
  const RunStep& context = deployment_.steps.at(command.id.step);
  const GateRecord record = gate_record(context, command);
  events_.gate_ended(record);
  keep(journal_.gate(record));
}

void Executor::obey(const StepHeld& command) {
  events_.held(command);
  if (command.leave.kind == Leave::Kind::park) keep(journal_.decision(park_record(deployment_, command)));
}

void Executor::obey(const StopStages& command) {
  for (auto& [id, running] : running_)
    if (command.all || running.on_cancel != OnCancel::finish) running.stop.request_stop();
}

void Executor::obey(const Finish& command) {
  how_ = command;
  const auto failed = scheduler_.failed_step();
  if (command == Finish::failed && deployment_.keeps_failure && failed)
    events_.taking_back_ended(scheduler_.program().steps.at(*failed));
}

Value Executor::outputs_of(std::size_t step) const {
  const RunStep& context = deployment_.steps.at(step);
  std::vector<Value> of_targets;
  for (const RunTarget& target : context.targets)
    of_targets.push_back(target.outputs.is_null() ? context.now.outputs : target.outputs);
  return of_targets.empty() ? context.now.outputs : step_outputs(of_targets);
}

// The journal is what everything else rests on: without it nothing new may start.
void Executor::keep(const Status& written) {
  if (written || journal_error_) return;
  journal_error_ = written.error();
  mailbox_.post(WindDown{});
}

void leave_behind(const Environment& environment, Executor& executor, Finish how, const Ending& ending) {
  constexpr std::chrono::milliseconds patience{500};
  if (how != Finish::abandoned || !environment.leave_behind || executor.ends_within(patience)) return;
  environment.leave_behind(ending);
}

} // namespace deployctl::engine
