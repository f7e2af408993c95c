// From the engine's ending to what is shown and returned: text, document and the exit code.
#pragma once

#include "cli/wiring.hpp"
#include "engine/engine.hpp"

namespace deployctl::cli {

// `began` is the boot time at which the command started to work.
ExitCode conclude(Invocation& invocation, const Wiring& wiring, const engine::Ending& ending,
                  std::chrono::nanoseconds began);

} // namespace deployctl::cli
