// The jobs that touch the world: one stage on one target, one look at its readiness, the plan of taking it
// back. Each runs on a worker, writes its journal records around the provider's verb, and answers with a
// report. Where the scheduler's word becomes an effect; it decides nothing about order.
#pragma once

#include <atomic>
#include <stop_token>

#include "engine/deployment.hpp"
#include "engine/environment.hpp"
#include "engine/run_journal.hpp"
#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

// The idempotency key of a stage: the same for all its attempts, and after a crash.
std::string idempotency_key(const std::string& run, const StageRef& ref);

class StageJobs {
public:
  StageJobs(const Environment& environment, Deployment& deployment, RunJournal& journal)
      : environment_(environment), deployment_(deployment), journal_(journal) {}

  // `late`: the stop, when it comes, means that the stage's limit has passed.
  StageDone run(const RunStage& job, const std::stop_token& stop, const std::atomic<bool>& late);
  ReadyPolled poll(const StageId& id, const std::stop_token& stop);
  RevertPlanned plan_revert(TargetId at, int round, const std::stop_token& stop);

private:
  struct Attempt; // everything about one attempt at one stage

  [[nodiscard]] Result<Attempt> begin(const StageId& id, const std::stop_token& stop) const;
  [[nodiscard]] Intent intent_of(const StageId& id) const;
  [[nodiscard]] Status as_seen(const Attempt& attempt) const;
  Result<Value> apply(Attempt& attempt);
  StageDone succeeded(const Attempt& attempt, const Value& outputs, bool was_found = false);
  StageDone adopted(const Attempt& attempt, const Error& error, const Value& outputs);
  StageDone failed(const Attempt& attempt, const Error& error);
  [[nodiscard]] Error diagnosed(const Attempt& attempt, const Error& error) const;
  [[nodiscard]] static bool is_plain_task(const Attempt& attempt);
  [[nodiscard]] Confirmation looked_at_again(const Attempt& attempt, const Error& error) const;
  Result<std::optional<Change>> change_back(const RunStep& step, const RunTarget& target, int round,
                                            const std::stop_token& stop) const;
  Result<std::optional<Change>> task_back(const RunStep& step, const RunTarget& target, int round) const;
  [[nodiscard]] Result<Ask> ask_back(const RunStep& step, const RunTarget& target, int round) const;

  RunStep& step(TargetId id) { return deployment_.steps.at(id.step); }
  RunTarget& target(TargetId id) { return deployment_.steps.at(id.step).targets.at(id.target); }

  const Environment& environment_;
  Deployment& deployment_;
  RunJournal& journal_;
};

} // namespace deployctl::engine
