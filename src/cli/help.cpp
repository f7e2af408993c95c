#include "cli/help.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "ui/style.hpp"

namespace deployctl::cli {
namespace {

constexpr ui::Style page{.colour = false, .width = help_width};

struct Row {
  std::string left;
  std::string right;
};

std::string rows_text(const std::vector<Row>& rows) {
  constexpr std::size_t widest_left = 30;
  std::size_t width = 0;
  for (const Row& row : rows)
    if (row.left.size() <= widest_left) width = std::max(width, row.left.size());
  std::string out;
  for (const Row& row : rows) {
    std::string line = "  " + row.left;
    if (!row.right.empty()) {
      if (row.left.size() > width)
        line.append("\n").append(width + 4, ' ');
      else
        line.append(width - row.left.size() + 2, ' ');
      // Wrapped on its own, so that a long left side does not count.
      const ui::Style column{.colour = false, .width = help_width - static_cast<int>(width) - 4};
      std::string right = ui::wrap(column, row.right, 0);
      for (std::size_t at = 0; (at = right.find('\n', at)) != std::string::npos; at += width + 5)
        right.insert(at + 1, width + 4, ' ');
      line.append(right);
    }
    out.append(line).append("\n");
  }
  return out;
}

std::string flag_words(const Flag& flag) {
  std::string out = flag.letter == 0 ? "    " : "-" + std::string(1, flag.letter) + ", ";
  out.append("--").append(flag.name);
  if (!flag.value.empty()) out.append(" ").append(flag.value);
  return out;
}

std::vector<Row> flag_rows(const std::vector<Flag>& flags) {
  std::vector<Row> rows;
  for (const Flag& flag : flags)
    if (flag.since == Since::now) rows.push_back({flag_words(flag), std::string(flag.help)});
  return rows;
}

std::vector<Row> example_rows(const Command& command) {
  std::vector<Row> rows;
  for (const Example& example : command.examples)
    rows.push_back({"deployctl " + std::string(example.words), std::string(example.meaning)});
  return rows;
}

std::vector<Row> argument_rows(const Command& command) {
  std::vector<Row> rows;
  for (const Argument& argument : command.arguments)
    rows.push_back({std::string(argument.name), std::string(argument.help)});
  return rows;
}

std::string section(std::string_view title, const std::vector<Row>& rows) {
  return rows.empty() ? std::string() : "\n" + std::string(title) + ":\n" + rows_text(rows);
}

std::string argument_words(const Argument& argument) {
  std::string out(argument.name);
  if (argument.repeats) out.append("...");
  return argument.required ? out : "[" + out + "]";
}

} // namespace

std::string usage_line(const Command& command) {
  std::string out = "usage: deployctl " + std::string(command.name);
  for (const Argument& argument : command.arguments) out.append(" " + argument_words(argument));
  return out + " [flags]";
}

std::string command_help(const Command& command) {
  std::string out = usage_line(command) + "\n\n" + ui::wrap(page, command.summary, 0) + "\n";
  out.append(section("Examples", example_rows(command))).append(section("Arguments", argument_rows(command)));
  out.append(section("Flags", flag_rows(command.flags)))
      .append(section("Flags of every command", flag_rows(global_flags())));
  return out;
}

std::string overview_help() {
  std::vector<Row> commands;
  for (const Command& command : all_commands())
    if (!command.hidden) commands.push_back({std::string(command.name), std::string(command.summary)});
  std::vector<Row> topics;
  for (const Topic& topic : help_topics())
    topics.push_back({std::string(topic.name), std::string(topic.summary)});
  const std::vector<Row> examples = {{"deployctl init", "a pipeline that validates"},
                                     {"deployctl plan production", "what would change"},
                                     {"deployctl apply production", "plan, ask, apply, verify, record"},
                                     {"deployctl rollback production", "back to the last good release"}};
  std::string out = "usage: deployctl COMMAND [flags]\n\n";
  out.append(ui::wrap(page,
                      "Compares a declarative pipeline with the live world, shows a plan, asks, applies it "
                      "durably, proves the result, and can take it back.",
                      0));
  out.append("\n").append(section("Examples", examples)).append(section("Commands", commands));
  out.append(section("Flags of every command", flag_rows(global_flags())));
  return out.append(section("Topics ('deployctl help TOPIC')", topics));
}

std::optional<std::string> help_about(std::string_view subject) {
  if (subject.empty()) return overview_help();
  if (const Command* command = find_command(subject); command) return command_help(*command);
  const std::vector<Topic>& topics = help_topics();
  const auto found =
      std::find_if(topics.begin(), topics.end(), [&](const Topic& topic) { return topic.name == subject; });
  if (found == topics.end()) return std::nullopt;
  return found->text();
}

std::string commands_reference() {
  std::string out = "# Commands\n\nMade from the table that parses the command line; `deployctl help "
                    "COMMAND` shows the same.\n";
  for (const Command& command : all_commands())
    if (!command.hidden)
      out.append("\n## " + std::string(command.name) + "\n\n```\n" + command_help(command) + "```\n");
  return out;
}

std::string exit_codes_reference() {
  std::string out = "# Exit codes\n\nA published contract; `deployctl help exit-codes` shows the same.\n\n";
  out.append("| code | name | meaning |\n|---|---|---|\n");
  for (const ExitCodeRow& row : exit_codes)
    out.append("| " + std::to_string(static_cast<int>(row.code)) + " | `" + std::string(row.name) + "` | " +
               std::string(row.meaning) + " |\n");
  return out;
}

} // namespace deployctl::cli
