// A run's events: what the scheduler and the driver do, in one human sentence each, with typed fields.
// Nothing is decided here.
#pragma once

#include <chrono>
#include <string>

#include "engine/deployment.hpp"
#include "engine/environment.hpp"
#include "engine/run_records.hpp"
#include "engine/scheduler_types.hpp"
#include "engine/usual_times.hpp"

namespace deployctl::engine {

class RunEvents {
public:
  RunEvents(EventSink& sink, const Deployment& deployment) : sink_(sink), deployment_(deployment) {}

  void run_started(Event event, const std::string& operation, const UsualTimes& usual);
  void step_started(std::size_t step);
  void step_ended(const StepEnded& ended);
  void stage_started(const StageId& id, Milliseconds limit);
  void stage_finished(const StageId& id, const std::optional<Error>& error);
  void waiting_until_ready(const StageId& id, const Readiness& readiness);
  void ready(const StageId& id);
  void left_behind(const TargetBehind& behind);
  void taking_back(const FailureDecided& failure, const StepWork& failed);
  void taken_back(const TargetReverted& reverted);
  void heartbeat(const std::string& what, std::chrono::nanoseconds age,
                 const std::optional<std::chrono::nanoseconds>& limit);
  void gate_ended(const GateRecord& ended);
  void held(const StepHeld& held);
  void interrupted(const std::string& what);
  void taking_back_ended(const StepWork& failed);

  [[nodiscard]] std::string stage_text(const StageId& id) const; // "web on app-1: switch"

private:
  [[nodiscard]] const std::vector<Stage>& stages(const StageId& id) const;
  [[nodiscard]] std::string stage_name(const StageId& id) const;
  [[nodiscard]] bool is_last(const StageId& id) const { return id.stage + 1 == stages(id).size(); }
  [[nodiscard]] const RunStep& step(std::size_t index) const { return deployment_.steps.at(index); }
  [[nodiscard]] std::string target_name(TargetId id) const;
  [[nodiscard]] std::string target_text(TargetId id) const; // "web on app-1"
  [[nodiscard]] Event about(std::string type, TargetId id) const;

  EventSink& sink_;
  const Deployment& deployment_;
};

} // namespace deployctl::engine
