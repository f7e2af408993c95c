// The program without its process: words in, text out, an exit code back. `main` adds what a process needs.
#pragma once

#include <string>
#include <vector>

#include "cli/machine.hpp"
#include "os/environment.hpp"
#include "ui/writer.hpp"

namespace deployctl::cli {

// `words` without the program's name. Never throws what a command throws: that is reported as a bug, code 70.
int run_program(const std::vector<std::string>& words, const os::Environment& environment,
                const Machine& machine, ui::Writer& out, ui::Writer& err);

} // namespace deployctl::cli
