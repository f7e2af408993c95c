// The driver: one loop that asks the scheduler, and a bounded pool that does what it says. Waiting holds no
// thread: delays are timers of the loop. Interrupts, limits of stages and heartbeats live here; order and
// failure do not.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <string>

#include "engine/gate_jobs.hpp"
#include "engine/mailbox.hpp"
#include "engine/run_events.hpp"
#include "engine/scheduler.hpp"
#include "engine/stage_jobs.hpp"
#include "engine/turn_jobs.hpp"
#include "engine/worker_pool.hpp"

namespace deployctl::engine {

class Executor {
public:
  Executor(const Environment& environment, Deployment& deployment, RunJournal& journal, Program program);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Runs to an end: success, failure with everything taken back that could be, or an interrupt. A journal
  // that cannot be written any more ends it as an interrupt would, and is the error. Throws what a job threw.
  Finish run();

  // Abandoned: whether every job has returned after `limit`. A provider may not heed that it should stop.
  bool ends_within(std::chrono::nanoseconds limit) { return pool_.ends_within(limit); }

  [[nodiscard]] const Scheduler& scheduler() const { return scheduler_; }
  [[nodiscard]] const std::optional<Error>& journal_error() const { return journal_error_; }

private:
  // A job that runs: how to stop it, and what to say while it lasts.
  struct Running {
    std::stop_source stop;
    std::chrono::nanoseconds since{0};
    std::optional<std::chrono::nanoseconds> limit; // when it is stopped as timed out
    OnCancel on_cancel = OnCancel::finish;
    std::string what;
    std::shared_ptr<std::atomic<bool>> late =
        std::make_shared<std::atomic<bool>>(false); // the limit has passed
  };
  using RunningId = std::uint64_t;

  void give(ReportBody body);
  void obey(const TakeTurn& command);
  void obey(const RunStage& command);
  void obey(const PollReady& command);
  void obey(const JudgeGate& command);
  void obey(const PlanRevert& command);
  void obey(const AskLeave& command);
  void obey(const StartTimer& command);
  void obey(const StepStarted& command);
  void obey(const StepEnded& command);
  void obey(const StageReady& command);
  void obey(const TargetBehind& command);
  void obey(const FailureDecided& command);
  void obey(const TargetReverted& command);
  void obey(const GateEnded& command);
  void obey(const StepHeld& command);
  void obey(const StopStages& command);
  void obey(const Finish& command);

  template <class Job>
  void start(Running running, Job job);
  void wind_down(const WindDown& report);
  void stop_without_journal();
  [[nodiscard]] Value outputs_of(std::size_t step) const;
  void tick();
  void fire_timers();
  void enforce_limits();
  void beat();
  [[nodiscard]] std::optional<ReportBody> next_report();
  [[nodiscard]] std::chrono::nanoseconds next_moment() const;
  [[nodiscard]] std::chrono::nanoseconds now() const { return environment_.ports.clock.boot(); }
  void keep(const Status& written);

  const Environment& environment_;
  Deployment& deployment_;
  RunJournal& journal_;
  Scheduler scheduler_;
  RunEvents events_;
  TurnJobs turns_;
  StageJobs stages_;
  GateJobs gates_;
  Mailbox mailbox_;
  Finish how_ = Finish::failed;
  std::optional<Error> journal_error_;
  std::multimap<std::chrono::nanoseconds, std::uint64_t> timers_;
  std::map<RunningId, Running> running_;
  std::mutex finished_mutex_;
  std::vector<RunningId> finished_; // guarded by finished_mutex_
  RunningId next_running_ = 1;
  std::chrono::nanoseconds next_beat_{0};
  WorkerPool pool_; // last: its threads end before anything they use
};

// After an abandoned run: leaves the process (Environment::leave_behind) when its jobs do not return soon.
void leave_behind(const Environment& environment, Executor& executor, Finish how, const Ending& ending);

} // namespace deployctl::engine
