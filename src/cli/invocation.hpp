// What a command's run function is given: its words, the global options, the way out, and the process's
// surroundings. Everything else (pipeline, state, ports) a command opens itself, when it needs it, through
// project.hpp and wiring.hpp.
#pragma once

#include <map>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "base/redactor.hpp"
#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/event_output.hpp"
#include "cli/machine.hpp"
#include "cli/options.hpp"
#include "os/environment.hpp"
#include "os/terminal.hpp"

namespace deployctl::cli {

struct Invocation {
  const CommandLine& line;
  const Options& options;
  const os::Environment& environment;
  const os::Terminal& terminal;
  Console& console;
  EventOutput& events;
  RedactionSet& redactions;
  const Machine& machine;
  Clock& clock;
  Random& random;
};

} // namespace deployctl::cli
