// One seed, played to its end: people start commands, controllers live and die, faults strike, and every
// invariant is checked on the way. Deterministic: the same scenario gives the same trace.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/rehearsal/bugs.hpp"
#include "engine/rehearsal/checks.hpp"
#include "engine/rehearsal/coverage.hpp"
#include "engine/rehearsal/scenario.hpp"

namespace deployctl::engine::rehearsal {

struct Played {
  std::vector<Violation> violations;
  std::vector<std::string> trace; // only when asked for
  std::vector<int> exit_codes;    // of the commands, in the order of their ends
  std::size_t commands = 0;
  std::size_t points = 0;
  Coverage coverage;

  [[nodiscard]] bool failed() const { return !violations.empty(); }
};

class Simulator {
public:
  explicit Simulator(Bug bug = Bug::none);
  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  [[nodiscard]] Played play(const Scenario& scenario, bool traced = false) const;

private:
  struct Idle; // what planning asks for and simulated steps never use
  Bug bug_;
  std::unique_ptr<Idle> idle_;
};

// The smallest scenario found, by leaving out faults and steps, that still breaks the same invariant.
Scenario shrunk(const Simulator& simulator, Scenario scenario);

} // namespace deployctl::engine::rehearsal
