// Help as text, made from the table of commands and the table of topics: usage, one sentence, examples first,
// at most 80 columns. Goes to standard output with exit 0; a usage error shows the usage line only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace deployctl::cli {

inline constexpr int help_width = 80;

std::string usage_line(const Command& command); // "usage: deployctl apply ENV|PLANFILE [flags]"
std::string command_help(const Command& command);
std::string overview_help();

struct Topic {
  std::string_view name;
  std::string_view summary;
  std::string (*text)();
};

const std::vector<Topic>& help_topics();
// Of a command ("lock list") or a topic; none when there is no such thing.
std::optional<std::string> help_about(std::string_view subject);

// The page of docs/reference about commands, and the one about exit codes.
std::string commands_reference();
std::string exit_codes_reference();

} // namespace deployctl::cli
