// What the scheduler remembers about each step and target. Only scheduler*.cpp reads it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

enum class Back { none, reverted, kept, stuck };

struct TargetRun {
  enum class State { ahead, working, prepared, held, returning, done, behind, failed };
  StageWalk walk;
  StageWalk back_walk;
  State state = State::ahead;
  std::size_t wave = 0;
  bool going_back = false;     // an earlier process had begun to take it back
  int round = 0;               // of taking back
  bool touched = false;        // a stage that is no `prepare` was begun
  bool touched_before = false; // the current attempt
  bool in_stage = false;       // a stage was begun and has not reported an outcome
  Back back = Back::none;
  std::string detail;

  [[nodiscard]] bool busy() const {
    return state == State::working || state == State::held || state == State::returning;
  }
};

// Behind a wave, behind a stage marked so, and at the end: a pause, then every gate for as long as it bakes.
struct Checkpoint {
  enum class Then { next_wave, end_step, go_on };
  Milliseconds pause{0};
  Milliseconds bake{0};
  Then then = Then::next_wave;
  std::size_t target = 0; // go_on
};

struct GateRun {
  bool begun = false;
  bool passed = false;
  int streak = 0;
  Milliseconds since{0};         // of the first sample
  Milliseconds passing_since{0}; // of the streak
};

struct StepRun {
  enum class Phase { blocked, turn, preparing, waves, ended };
  Phase phase = Phase::blocked;
  StepResult result = StepResult::stopped;
  std::size_t missing = 0; // needs that have not ended
  std::vector<std::size_t> dependents;
  std::vector<TargetRun> targets;
  std::size_t wave = 0;
  int failures = 0;
  int unreachable = 0;
  std::deque<Checkpoint> checkpoints;
  std::vector<GateRun> gates;
  Milliseconds baked_at{0}; // of the checkpoint in front: no gate has passed before
};

// Targets of one wave of one step: they go back together.
struct RevertGroup {
  std::size_t step = 0;
  std::size_t wave = 0;
  std::vector<std::size_t> targets;
};

struct Timer {
  enum class For { walk, walk_back, pause, bake, gate, leave };
  For what = For::walk;
  TargetId at; // gate: `target` is the gate's number
  LeavePlace place;
};

} // namespace deployctl::engine
