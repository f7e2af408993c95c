// The table of commands and the flags that all of them take. Adding a command is one row here and one file in
// cli/commands.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace deployctl::cli {

// In the order of help. Later commands and hidden ones are in it.
const std::vector<Command>& all_commands();
const std::vector<Flag>& global_flags();

// nullptr when there is no such command.
const Command* find_command(std::string_view name);

// The flag of a command or a global one, by long name; nullptr when there is none.
const Flag* find_flag(const Command* command, std::string_view name);

// Names a person may type: not hidden, not later.
std::vector<std::string> command_names();

} // namespace deployctl::cli
