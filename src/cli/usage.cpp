#include "cli/usage.hpp"

#include <algorithm>

#include <deployctl/units.hpp>

#include "base/strings.hpp"
#include "cli/commands.hpp"

namespace deployctl::cli {
namespace {

std::vector<std::string> flag_names(const Command& command) {
  std::vector<std::string> names;
  for (const auto* flags : {&command.flags, &global_flags()})
    for (const Flag& flag : *flags)
      if (flag.since == Since::now) names.push_back("--" + std::string(flag.name));
  return names;
}

std::string similar_help(std::string_view word, const std::vector<std::string>& names,
                         std::string_view otherwise) {
  const std::vector<std::string> similar = similar_names(word, names);
  if (similar.empty()) return std::string(otherwise);
  return "similar names exist: '" + join(similar, "', '") + "'";
}

UsageError unknown_command(const std::string& word) {
  return {.message = "unknown command '" + word + "'",
          .help = similar_help(word, command_names(), "'deployctl help' lists the commands")};
}

} // namespace

UsageError no_command(const std::string& first) {
  if (first.empty()) return {.message = "a command is needed", .help = "'deployctl help' lists the commands"};
  std::vector<std::string> longer; // "provider" stands before "list"
  for (const std::string& name : command_names())
    if (name.starts_with(first + " ")) longer.push_back(name);
  if (longer.empty()) return unknown_command(first);
  return {.message = "'" + first + "' alone is no command",
          .help = "there is '" + join(longer, "', '") + "'"};
}

UsageError unknown_flag(const std::string& word, const Command& command) {
  const std::string name = word.substr(0, word.find('='));
  return {.message = "unknown flag '" + name + "' of '" + std::string(command.name) + "'",
          .help = similar_help(name, flag_names(command),
                               "'deployctl help " + std::string(command.name) + "' lists the flags"),
          .command = &command};
}

std::optional<UsageError> value_problem(const Flag& flag, const std::string& value, const Command& command) {
  const std::string name = "'--" + std::string(flag.name) + "'";
  if (flag.kind == ValueKind::choice &&
      std::find(flag.choices.begin(), flag.choices.end(), value) == flag.choices.end()) {
    const std::vector<std::string> names(flag.choices.begin(), flag.choices.end());
    return UsageError{"'" + value + "' is not a value of " + name, "one of " + join(names, ", "), &command};
  }
  if (flag.kind == ValueKind::duration && !parse_duration(value))
    return UsageError{"'" + value + "' is not a duration for " + name,
                      "a number with a unit: 250ms, 10s, 5m, 4h, 3d", &command};
  const bool is_count =
      !value.empty() && value.size() <= 4 && value.find_first_not_of("0123456789") == std::string::npos;
  if (flag.kind == ValueKind::count && (!is_count || std::stoi(value) < 1))
    return UsageError{"'" + value + "' is not a number for " + name, "a whole number from 1 to 9999",
                      &command};
  return std::nullopt;
}

} // namespace deployctl::cli
