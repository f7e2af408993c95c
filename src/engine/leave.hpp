// Whether a run may go on: asked before a step begins, before each of its waves, and before each weight it
// shifts to. What is asked and what may be answered; the rules that answer (freeze, approvals) stand
// elsewhere.
#pragma once

#include <functional>
#include <stop_token>

#include <deployctl/error.hpp>
#include <deployctl/strategy.hpp>

#include "config/pipeline.hpp"
#include "plan/plan.hpp"

namespace deployctl::engine {

struct LeavePlace {
  enum class Before { step, wave, stage };
  Before before = Before::step;
  std::size_t wave = 0;   // the one that is next
  std::size_t target = 0; // stage: whose
};

struct Leave {
  enum class Kind {
    go,
    wait,   // asked again after `wait`; the step starts nothing until then
    park,   // the step starts nothing more; what runs beside it ends, then the run stops and keeps its place
    refuse, // the step fails with `why`
  };
  Kind kind = Kind::go;
  Milliseconds wait{0};
  Error why; // what people read about a wait, a park, a refusal
};

struct LeaveQuestion {
  const config::Step& step;
  const plan::PlannedStep& approved;
  LeavePlace place;
  std::size_t waves = 1;
};

// Called on a worker, may read files; not set: always `go`.
using LeaveRule = std::function<Leave(const LeaveQuestion&, const std::stop_token&)>;

} // namespace deployctl::engine
