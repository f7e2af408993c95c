// From the engine's ending to what is shown and returned: text, document, the last event, and the exit code.
#pragma once

#include "cli/wiring.hpp"
#include "engine/engine.hpp"

namespace deployctl::cli {

// `began` is the boot time at which the command started to work.
ExitCode conclude(Invocation& invocation, Wiring& wiring, const engine::Ending& ending,
                  std::chrono::nanoseconds began);

// The last event of a command that made no run: what its document says.
void summarise(Wiring& wiring, ExitCode code, Value fields);

} // namespace deployctl::cli
