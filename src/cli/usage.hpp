// Mistakes on the command line in our own words, each with the nearest names there are.
#pragma once

#include <optional>
#include <string>

#include "cli/command_line.hpp"

namespace deployctl::cli {

// `first`: the first word that is no flag, or empty.
UsageError no_command(const std::string& first);
UsageError unknown_flag(const std::string& word, const Command& command);
// Whether a value is of its flag's kind.
std::optional<UsageError> value_problem(const Flag& flag, const std::string& value, const Command& command);

} // namespace deployctl::cli
