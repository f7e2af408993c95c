// Judging a step's gates: one sample, and the verdict over all samples of the current round.
#pragma once

#include <map>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/deployment.hpp"
#include "engine/environment.hpp"
#include "engine/run_records.hpp"
#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

// The gates a step is judged by: those under `gates:`, and the step itself when its action is a gate.
std::vector<config::GateUse> gates_of(const config::Step& step);

// The durable verdict of one round.
GateRecord gate_record(const RunStep& step, const GateEnded& ended);

class GateJobs {
public:
  GateJobs(const Environment& environment, Deployment& deployment)
      : environment_(environment), deployment_(deployment) {}

  GateJudged judge(const JudgeGate& job, const std::stop_token& stop);

private:
  using Samples = std::vector<Sample>;

  Result<Ask> ask(const RunStep& step, const config::GateUse& gate, const Provider& provider,
                  const std::stop_token& stop) const;
  GateJudged broken(const GateId& id, const Error& error) const;
  void say_open(const RunStep& step, const config::GateUse& gate, const Verdict& verdict);

  const Environment& environment_;
  Deployment& deployment_;
  std::mutex mutex_;
  std::map<std::pair<std::size_t, std::size_t>, Samples> samples_; // guarded by mutex_
};

} // namespace deployctl::engine
