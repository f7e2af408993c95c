// The words of a command line, understood: which command, which flags, which arguments. CLI11 splits the
// words (in this header's .cpp only); the table of commands decides what they mean; every mistake is a
// UsageError of our own words.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "cli/command.hpp"

namespace deployctl::cli {

struct CommandLine {
  const Command* command = nullptr;                                   // never null in a result
  std::map<std::string, std::vector<std::string>, std::less<>> flags; // by long name; a switch has no values
  std::vector<std::string> arguments;
  bool help = false; // then nothing about arguments was checked

  [[nodiscard]] bool has(std::string_view flag) const { return flags.find(flag) != flags.end(); }
  [[nodiscard]] std::optional<std::string> value(std::string_view flag) const; // the last one given
  [[nodiscard]] std::vector<std::string> values(std::string_view flag) const;
  // The n-th argument or an empty text.
  [[nodiscard]] std::string argument(std::size_t n) const;
};

struct UsageError {
  std::string message;
  std::string help;
  const Command* command = nullptr; // whose usage line helps; may be null
};

// `words` without the program's name.
tl::expected<CommandLine, UsageError> parse_command_line(std::span<const std::string> words);

// The words that name a command, and how many there are: also used by completion, where a line is unfinished.
// Flags and their values are passed over.
struct CommandWords {
  const Command* command = nullptr;
  std::vector<std::size_t> at; // indexes into the words
  std::string first;           // the first word that is no flag; empty when there is none
};

CommandWords find_command_words(std::span<const std::string> words);

} // namespace deployctl::cli
