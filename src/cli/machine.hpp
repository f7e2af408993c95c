// What the program runs on: clock, randomness, actions and streams, real in a process, simulated where the
// whole program is driven without one of its own. Not what a command opens itself (records, pipeline, ports).
#pragma once

#include <functional>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/provider.hpp>

#include "engine/environment.hpp"
#include "os/terminal.hpp"
#include "providers/surroundings.hpp"

namespace deployctl::cli {

struct Machine {
  Clock& clock;
  Random& random;
  std::string user;                                               // "ann@laptop"; empty: as the system says
  os::StreamFacts streams;                                        // what the standard streams are
  std::function<Catalog(const providers::Surroundings&)> catalog; // made only by commands that need it
  // The last word over what the engine is given, before a verb is called; empty: nothing to add.
  std::function<void(engine::Environment&)> outfit;
};

} // namespace deployctl::cli
