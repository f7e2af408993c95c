// Runs a scheduler alone, in virtual time: every command is answered at once, in the order given, by what the
// test says.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/scheduler.hpp"

namespace deployctl::engine {

class SchedulerBench {
public:
  explicit SchedulerBench(Program program) : scheduler_(std::move(program)) {}

  // Answers; a test replaces those it cares about. Text is "web@app-1 switch", of taking back "web@app-1
  // back".
  std::function<std::optional<Error>(const std::string&)> stage = [](const std::string&) {
    return std::nullopt;
  };
  std::function<bool(const StageId&)> begins = [](const StageId&) { return true; };
  std::function<Readiness(const std::string&)> ready = [](const std::string&) { return Readiness{}; };
  std::function<GateJudged(const JudgeGate&)> gate = [](const JudgeGate& job) {
    return GateJudged{job.id, {Verdict::State::pass, "", {}}, {}};
  };
  std::function<Leave(const AskLeave&)> leave = [](const AskLeave&) { return Leave{}; };
  std::function<Result<Work>(std::size_t)> turn;
  std::function<Result<std::optional<std::vector<Stage>>>(TargetId, int)> revert =
      [](TargetId, int round) -> Result<std::optional<std::vector<Stage>>> {
    if (round > 0) return std::nullopt;
    return std::vector<Stage>{Stage{.name = "back"}};
  };
  std::map<std::size_t, ReportBody> interrupts; // delivered before the n-th job is answered

  Finish run() {
    give(Started{});
    for (int guard = 0; !scheduler_.finished(); ++guard) {
      if (guard > 100'000) throw std::logic_error("the bench does not end");
      if (const auto interrupt = interrupts.find(answered_); interrupt != interrupts.end()) {
        const ReportBody body = interrupt->second;
        interrupts.erase(interrupt);
        give(body);
        continue;
      }
      if (!jobs_.empty()) {
        const Command job = jobs_.front();
        jobs_.erase(jobs_.begin());
        ++answered_;
        answer(job);
        continue;
      }
      if (timers_.empty()) throw std::logic_error("nothing runs and nothing is awaited");
      const auto timer = *timers_.begin();
      timers_.erase(timers_.begin());
      now = std::max(now, timer.first);
      give(TimerFired{timer.second});
    }
    return how_;
  }

  [[nodiscard]] const Scheduler& scheduler() const { return scheduler_; }
  std::vector<std::string> log;      // stages in the order they were begun, gates, ends of steps
  std::vector<std::string> verdicts; // "pass behind wave 1 of 7"
  std::vector<Milliseconds> limits;  // of stages, in the order they were begun
  std::size_t most_at_once = 0;
  Milliseconds now{0};

private:
  void give(const ReportBody& body) {
    for (const Command& command : scheduler_.advance({now, body})) note(command);
    most_at_once = std::max(most_at_once, jobs_.size());
  }

  std::string text(const StageId& id) const {
    const StepWork& step = scheduler_.program().steps[id.at.step];
    const TargetWork& target = step.work.targets[id.at.target];
    return step.id + "@" + target.name + " " + (id.back ? "back" : target.stages[id.stage].name);
  }

  void note(const Command& command) {
    const auto step = [&](std::size_t index) { return scheduler_.program().steps[index].id; };
    if (const auto* timer = std::get_if<StartTimer>(&command))
      timers_.emplace(now + timer->delay, timer->token);
    else if (const auto* how = std::get_if<Finish>(&command))
      how_ = *how;
    else if (const auto* ended = std::get_if<StepEnded>(&command))
      log.push_back(step(ended->step) + (ended->result == StepResult::changed     ? " changed"
                                         : ended->result == StepResult::unchanged ? " unchanged"
                                         : ended->result == StepResult::failed    ? " failed"
                                                                                  : " stopped"));
    else if (const auto* judged = std::get_if<GateEnded>(&command))
      verdicts.push_back(verdict_text(judged->verdict.state) + " " + judged->place);
    else if (is_job(command))
      jobs_.push_back(command);
    if (const auto* run = std::get_if<RunStage>(&command)) {
      log.push_back(text(run->id));
      limits.push_back(run->limit);
    }
    if (const auto* ask = std::get_if<AskLeave>(&command)) log.push_back(step(ask->step) + " may go on?");
    if (const auto* judge = std::get_if<JudgeGate>(&command)) log.push_back(step(judge->id.step) + " gate");
  }

  static std::string verdict_text(Verdict::State state) {
    constexpr std::array<const char*, 4> names = {"pass", "fail", "inconclusive", "error"};
    return names.at(static_cast<std::size_t>(state));
  }

  static bool is_job(const Command& command) {
    return std::holds_alternative<TakeTurn>(command) || std::holds_alternative<RunStage>(command) ||
           std::holds_alternative<PollReady>(command) || std::holds_alternative<JudgeGate>(command) ||
           std::holds_alternative<PlanRevert>(command) || std::holds_alternative<AskLeave>(command);
  }

  void answer(const Command& command) {
    if (const auto* job = std::get_if<TakeTurn>(&command)) return give(TurnTaken{job->step, turn(job->step)});
    if (const auto* job = std::get_if<RunStage>(&command))
      return give(StageDone{.id = job->id, .error = stage(text(job->id)), .begun = begins(job->id)});
    if (const auto* job = std::get_if<PollReady>(&command))
      return give(ReadyPolled{job->id, ready(text(job->id))});
    if (const auto* job = std::get_if<JudgeGate>(&command)) return give(gate(*job));
    if (const auto* job = std::get_if<AskLeave>(&command))
      return give(LeaveAnswered{job->step, job->place, leave(*job)});
    if (const auto* job = std::get_if<PlanRevert>(&command))
      return give(RevertPlanned{job->at, revert(job->at, job->round)});
  }

  Scheduler scheduler_;
  std::vector<Command> jobs_;
  std::multimap<Milliseconds, std::uint64_t> timers_;
  std::size_t answered_ = 0;
  Finish how_ = Finish::abandoned;
};

} // namespace deployctl::engine
