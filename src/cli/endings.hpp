// From the engine's ending to what is shown and returned: text, document and the exit code.
#pragma once

#include "cli/wiring.hpp"
#include "engine/engine.hpp"

namespace deployctl::cli {

// `began` is the boot time at which the command started to work.
ExitCode conclude(Invocation& invocation, const Wiring& wiring, const engine::Ending& ending,
                  std::chrono::nanoseconds began);
// The same for what ran without the real machine; `marks` are members of the document besides.
ExitCode conclude(Invocation& invocation, const config::Pipeline& pipeline, const engine::Ending& ending,
                  std::chrono::nanoseconds began, const Value::Map& marks = {});

// After an abandoned run whose jobs do not return: shows the ending as `conclude` does and ends the process
// at once, since threads still use what it would destroy.
[[noreturn]] void leave_process(Invocation& invocation, const Wiring& wiring, const engine::Ending& ending,
                                std::chrono::nanoseconds began);

} // namespace deployctl::cli
