// One process of deployctl in virtual time: it takes the stack's cell, begins or recovers a run, does what
// the scheduler says against simulated targets, writes the journal's own records around every effect, and
// commits. It follows run.cpp, execute.cpp, stage_jobs.cpp and recovery.cpp step by step, each step a point
// where a fault may strike; order, recovery decisions, standings and endings are the engine's own code.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/deployment.hpp"
#include "engine/engine.hpp"
#include "engine/open_stages.hpp"
#include "engine/rehearsal/scene.hpp"
#include "engine/run_history.hpp"
#include "engine/run_record_codec.hpp"
#include "engine/scheduler.hpp"
#include "state/lease.hpp"

namespace deployctl::engine::rehearsal {

enum class Order { apply, abort, abort_keep };

class Controller {
public:
  Controller(Scene& scene, std::size_t number, Order order);

  void start();
  void die();
  void stand_still(Milliseconds duration);
  void oversleep();
  void interrupt();
  void abandon();

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool interruptible() const { return executing() && !wound_down_; }
  [[nodiscard]] bool executing() const { return scheduler_ && !scheduler_->finished(); }
  [[nodiscard]] std::size_t number() const { return number_; }
  // None while it lives, and when it died.
  [[nodiscard]] const Ending* ending() const { return concluded_ ? &*ending_ : nullptr; }
  // The record it wrote or read last, for the coverage table.
  [[nodiscard]] state::RecordType last_record() const { return last_record_; }
  [[nodiscard]] std::size_t last_class() const { return last_class_; }

private:
  struct Job {
    StageId id;
    Intent intent;
    StageRef ref;
    OnCancel on_cancel = OnCancel::finish;
    std::optional<std::size_t> operation;
    bool begun = false;
    bool stop = false;
    bool late = false;
    bool fails_behind = false;
    bool lost = false;
    bool finished = false;
  };
  using JobPointer = std::shared_ptr<Job>;

  // controller.cpp: life, cell, journal
  void later(Milliseconds delay, std::function<void()> what);
  void later(std::function<void()> what);
  [[nodiscard]] std::string name() const { return "c" + std::to_string(number_); }
  [[nodiscard]] Milliseconds clock() const { return scene_.timeline.now() + skew_; }
  Status append(const std::vector<state::Record>& records, std::size_t crash_class);
  template <class T>
  Status append(state::RecordType type, const T& record, std::size_t crash_class) {
    return append({{type, plan::encode(record)}}, crash_class);
  }
  void keep_record(StoredJournal& journal, const state::Record& record) const;
  template <class Text>
  void say(const Text& text) {
    scene_.trace.say(scene_.timeline, [&] { return "c" + std::to_string(number_) + "  " + text(); });
  }

  // controller_run.cpp: how a run begins, goes on, and ends
  void begin_run();
  void recover(const std::string& run);
  void resolve_next();
  void resolve(const OpenStage& open);
  Deployment& deploy();
  void execute();
  void abort_run();
  void run(Program program);
  void close();
  void commit();
  void add_release(bool makes_release);
  void commit_cell(bool makes_release);
  void not_recorded();
  void commit_last();
  void conclude();

  // controller_lease.cpp: the lock, and what only its holder may change
  void give(state::LeaseEventBody body);
  void obey(const state::lease::ReadCell& question);
  void obey(const state::lease::SwapCell& question);
  void obey(const state::lease::AskLife& question);
  void obey(const state::lease::StartTimer& timer);
  void obey(const state::lease::Granted& granted);
  void obey(const state::lease::Waiting&);
  void obey(const state::lease::Refused& refusal);
  void obey(const state::lease::Renewed&);
  void obey(const state::lease::Fenced&);
  void obey(const state::lease::Amended&);
  void obey(const state::lease::Confirmed&);
  void obey(const state::lease::Lost&);
  void obey(const state::lease::NotAmended& told);
  void obey(const state::lease::Released&);
  void write_cell(const state::Cell& cell);
  void amend(const state::Amendment& amendment, std::function<void(bool)> then);
  void unlock();
  void lock_given_back();

  // controller_drive.cpp: the scheduler's commands
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
  void keep(const Status& written);
  [[nodiscard]] Result<Work> turn(std::size_t step);
  [[nodiscard]] Result<std::optional<std::vector<Stage>>> change_back(TargetId at, int round);

  // controller_stages.cpp: one stage on one target
  void write_intent(const JobPointer& job);
  void send(const JobPointer& job);
  void ask(const JobPointer& job);
  [[nodiscard]] Request request_of(const Job& job) const;
  void sent(const JobPointer& job);
  void answer(const JobPointer& job);
  void stop(const JobPointer& job);
  void failed(const JobPointer& job, const Error& error);
  void report(const JobPointer& job, std::optional<Error> error, bool untouched = false);
  [[nodiscard]] Status write_undo(Job& job);
  [[nodiscard]] static Error in_time(const Job& job, const Error& error);
  [[nodiscard]] bool may_start() const;

  [[nodiscard]] const StepShape& shape(TargetId at) const { return scene_.scenario.steps.at(at.step); }
  [[nodiscard]] RunTarget& target(TargetId at) {
    return deployment_->steps.at(at.step).targets.at(at.target);
  }
  [[nodiscard]] std::size_t class_of(std::size_t step) const {
    return static_cast<std::size_t>(scene_.scenario.steps.at(step).crash_class);
  }

  Scene& scene_;
  std::size_t number_;
  Order order_;
  bool alive_ = true;
  Milliseconds still_until_{0};
  Milliseconds skew_{0}; // of its clock, from sleeping
  state::Lease lease_;
  std::vector<state::Ticket> lease_timers_;
  std::function<void(bool)> amended_; // waits for the swap that is under way
  std::int64_t epoch_ = 0;
  std::string run_;
  std::string release_;
  std::optional<RunHistory> history_;
  std::vector<OpenStage> open_; // still to be asked about
  std::vector<Choice> choices_;
  std::unique_ptr<Deployment> deployment_;
  std::optional<Scheduler> scheduler_;
  std::vector<JobPointer> running_;
  std::vector<std::uint64_t> timers_;
  std::optional<Error> broken_;        // the journal
  std::optional<Error> journal_error_; // as the driver saw it
  bool wound_down_ = false;
  Finish how_ = Finish::failed;
  std::optional<Ending> ending_; // what it will say
  bool concluded_ = false;
  state::RecordType last_record_ = state::RecordType::header;
  std::size_t last_class_ = Coverage::of_the_run;
};

std::string name_of(const Scene& scene, TargetId id);
state::Lease lease_of(const Scene& scene, std::size_t number);

// The engine's word against the truth.
void check_ending(Scene& scene, const Ending& ending, std::size_t controller, bool executed);
void check_order(Scene& scene, const StageId& id);
void check_release(Scene& scene);
void check_journals(Scene& scene);

} // namespace deployctl::engine::rehearsal
