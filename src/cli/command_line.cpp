#include "cli/command_line.hpp"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/strings.hpp"
#include "cli/commands.hpp"
#include "cli/usage.hpp"

namespace deployctl::cli {
namespace {

using Failure = tl::unexpected<UsageError>;

std::string option_names(const Flag& flag) {
  std::string names = "--" + std::string(flag.name);
  return flag.letter == 0 ? names : "-" + std::string(1, flag.letter) + "," + names;
}

bool names_flag(std::string_view word, const Flag& flag) {
  if (word.starts_with("--")) return word.substr(2) == flag.name;
  return flag.letter != 0 && word.size() == 2 && word.front() == '-' && word.back() == flag.letter;
}

// Before the command is known (`command` null) only global flags can stand.
const Flag* flag_of_word(std::string_view word, const Command* command) {
  const auto fits = [&](const Flag& flag) { return names_flag(word, flag); };
  if (command)
    if (const auto own = std::find_if(command->flags.begin(), command->flags.end(), fits);
        own != command->flags.end())
      return &*own;
  const std::vector<Flag>& globals = global_flags();
  const auto global = std::find_if(globals.begin(), globals.end(), fits);
  return global == globals.end() ? nullptr : &*global;
}

// CLI11 says "--set: 1 required TEXT missing"; the flag's name is what matters in it.
UsageError from_parser(const CLI::ParseError& error, const Command& command) {
  const std::string text = error.what();
  const std::size_t from = text.find("--");
  const std::size_t to = from == std::string::npos ? from : text.find_first_of(": ,", from);
  const Flag* flag =
      from == std::string::npos ? nullptr : flag_of_word(text.substr(from, to - from), &command);
  if (!flag) return {.message = to_lower(text), .help = "", .command = &command};
  const std::string name = "--" + std::string(flag->name);
  if (flag->value.empty())
    return {.message = "flag '" + name + "' takes no value", .help = "", .command = &command};
  return {.message = "flag '" + name + "' needs a value: " + std::string(flag->value),
          .help = "",
          .command = &command};
}

std::optional<UsageError> flags_problem(const CommandLine& line) {
  for (const auto& [name, values] : line.flags) {
    const Flag& flag = *find_flag(line.command, name);
    if (flag.since == Since::later)
      return UsageError{"flag '--" + name + "' is not in this version", "", line.command};
    for (const std::string& value : values)
      if (auto problem = value_problem(flag, value, *line.command)) return problem;
  }
  return std::nullopt;
}

std::optional<UsageError> arguments_problem(const CommandLine& line) {
  const std::vector<Argument>& wanted = line.command->arguments;
  for (std::size_t i = line.arguments.size(); i < wanted.size(); ++i)
    if (wanted[i].required)
      return UsageError{"'" + std::string(line.command->name) + "' needs " + std::string(wanted[i].name) +
                            ": " + std::string(wanted[i].help),
                        "", line.command};
  const bool endless = !wanted.empty() && wanted.back().repeats;
  if (line.arguments.size() > wanted.size() && !endless)
    return UsageError{"unexpected argument '" + line.arguments[wanted.size()] + "'", "", line.command};
  return std::nullopt;
}

// Which option each flag became, so that values are read back by the table's names.
struct Tokens {
  CLI::App app;
  std::vector<std::pair<const Flag*, CLI::Option*>> options;

  explicit Tokens(const Command& command) {
    app.set_help_flag("-h,--help");
    app.allow_extras();
    for (const auto* flags : {&command.flags, &global_flags()})
      for (const Flag& flag : *flags) {
        CLI::Option* option =
            flag.value.empty() ? app.add_flag(option_names(flag)) : app.add_option(option_names(flag));
        if (!flag.value.empty()) option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        options.emplace_back(&flag, option);
      }
  }
};

bool begins_a_command(const std::string& words) {
  const std::vector<Command>& commands = all_commands();
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Command& command) { return command.name.starts_with(words + " "); });
}

std::optional<UsageError> take_flags(CommandLine& line, const Tokens& tokens) {
  for (const auto& [flag, option] : tokens.options) {
    if (option->count() == 0) continue;
    const std::string name(flag->name);
    if (flag->value.empty()) {
      // The parser would take "--yes=false" for a switch that is on.
      for (const std::string& text : option->results())
        if (text != "true") return UsageError{"flag '--" + name + "' takes no value", "", line.command};
      line.flags[name] = {};
    } else {
      line.flags[name] = option->results();
    }
  }
  return std::nullopt;
}

std::optional<UsageError> take_arguments(CommandLine& line, const Tokens& tokens) {
  bool only_arguments = false; // behind "--"
  for (const std::string& word : tokens.app.remaining()) {
    if (word == "--" && !only_arguments) {
      only_arguments = true;
    } else if (!only_arguments && word.size() > 1 && word.front() == '-') {
      return unknown_flag(word, *line.command);
    } else {
      line.arguments.push_back(word);
    }
  }
  return std::nullopt;
}

// The words without those that named the command, backwards: the parser takes them from the end.
std::vector<std::string> words_for_parser(std::span<const std::string> words, const CommandWords& found) {
  std::vector<std::string> rest;
  for (std::size_t i = words.size(); i-- > 0;)
    if (std::find(found.at.begin(), found.at.end(), i) == found.at.end()) rest.push_back(words[i]);
  return rest;
}

} // namespace

std::optional<std::string> CommandLine::value(std::string_view flag) const {
  const auto found = flags.find(flag);
  if (found == flags.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> CommandLine::values(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::vector<std::string>{} : found->second;
}

std::string CommandLine::argument(std::size_t n) const {
  return n < arguments.size() ? arguments[n] : std::string();
}

CommandWords find_command_words(std::span<const std::string> words) {
  CommandWords found;
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("-")) {
      if (words[i] == "--") break;
      const Flag* flag = flag_of_word(words[i], found.command);
      if (flag && !flag->value.empty()) ++i; // its value
      continue;
    }
    if (found.first.empty()) found.first = words[i];
    name += (name.empty() ? "" : " ") + words[i];
    const Command* command = find_command(name);
    if (!command && !begins_a_command(name)) break;
    if (command) found.command = command;
    found.at.push_back(i);
  }
  return found;
}

tl::expected<CommandLine, UsageError> parse_command_line(std::span<const std::string> words) {
  const CommandWords found = find_command_words(words);
  if (!found.command) return Failure(no_command(found.first));
  const Command& command = *found.command;

  Tokens tokens(command);
  CommandLine line{.command = &command};
  try {
    std::vector<std::string> rest = words_for_parser(words, found);
    tokens.app.parse(rest);
  } catch (const CLI::CallForHelp&) {
    line.help = true;
    return line;
  } catch (const CLI::ParseError& error) {
    return Failure(from_parser(error, command));
  }
  if (auto problem = take_flags(line, tokens)) return Failure(*problem);
  if (auto problem = take_arguments(line, tokens)) return Failure(*problem);
  if (auto problem = flags_problem(line)) return Failure(*problem);
  if (auto problem = arguments_problem(line)) return Failure(*problem);
  return line;
}

} // namespace deployctl::cli
