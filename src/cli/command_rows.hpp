// The rows of the table of commands, by what they are for. Only commands.cpp puts them together.
#pragma once

#include <vector>

#include "cli/command.hpp"

namespace deployctl::cli {

std::vector<Command> first_steps();
std::vector<Command> changing();
std::vector<Command> looking();
std::vector<Command> telling();
std::vector<Command> locking();
std::vector<Command> recovering();
std::vector<Command> documentation();

} // namespace deployctl::cli
