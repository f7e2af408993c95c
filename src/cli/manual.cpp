#include "cli/manual.hpp"

#include <algorithm>

#include "base/manual.hpp"
#include "base/strings.hpp"
#include "cli/commands.hpp"
#include "cli/exit_codes.hpp"
#include "cli/help.hpp"

namespace deployctl::cli {
namespace {

bool is_shown(const Command& command) {
  return !command.hidden;
}

std::string page_name(const Command& command) {
  return "deployctl-" + replace_all(command.name, " ", "-");
}

std::string flag_macros(const Flag& flag) {
  std::string out;
  if (flag.letter != 0) out = "Fl " + std::string(1, flag.letter) + " , ";
  out += "Fl Fl " + std::string(flag.name);
  if (!flag.value.empty()) out += " Ar " + manual_word(flag.value);
  return out;
}

std::string sentence(std::string_view text) {
  std::string out(text);
  if (out.empty()) return out;
  out.front() =
      out.front() >= 'a' && out.front() <= 'z' ? static_cast<char>(out.front() - 'a' + 'A') : out.front();
  return out.ends_with(".") ? out : out + ".";
}

void add_flags(Manual& manual, const std::vector<Flag>& flags) {
  manual.begin_list();
  for (const Flag& flag : flags)
    if (flag.since == Since::now) manual.entry(flag_macros(flag), sentence(flag.help));
  manual.end_list();
}

void add_synopsis(Manual& manual, const Command& command) {
  manual.section("SYNOPSIS");
  manual.macro(".Nm deployctl");
  manual.macro(".Cm " + std::string(command.name));
  for (const Argument& argument : command.arguments) {
    std::string macros = "Ar " + manual_word(argument.name);
    if (argument.repeats) macros += " ...";
    manual.macro(argument.required ? "." + macros : ".Op " + macros);
  }
  manual.macro(".Op Ar flags");
}

void add_examples(Manual& manual, const std::vector<Example>& examples) {
  manual.section("EXAMPLES");
  for (const Example& example : examples) {
    if (!example.meaning.empty()) manual.paragraph(sentence(example.meaning));
    manual.code("deployctl " + std::string(example.words));
  }
}

ManualPage page_of(const Command& command) {
  Manual manual(page_name(command), 1, command.summary);
  add_synopsis(manual, command);
  manual.section("DESCRIPTION");
  manual.paragraph(command.summary);
  if (!command.arguments.empty()) {
    manual.begin_list();
    for (const Argument& argument : command.arguments)
      manual.entry("Ar " + manual_word(argument.name), sentence(argument.help));
    manual.end_list();
  }
  const bool has_flags = std::any_of(command.flags.begin(), command.flags.end(),
                                     [](const Flag& flag) { return flag.since == Since::now; });
  if (has_flags) {
    manual.section("OPTIONS");
    add_flags(manual, command.flags);
  }
  manual.section("EXIT STATUS");
  manual.macro(".Xr deployctl 1\nlists what each exit code promises.");
  add_examples(manual, command.examples);
  manual.section("SEE ALSO");
  manual.macro(".Xr deployctl 1 ,\n.Xr deployctl-pipeline 5");
  return {page_name(command) + ".1", manual.text()};
}

void add_commands(Manual& manual) {
  manual.section("COMMANDS");
  manual.begin_list();
  for (const Command& command : all_commands())
    if (is_shown(command)) manual.entry("Cm " + std::string(command.name), command.summary);
  manual.end_list();
}

void add_exit_codes(Manual& manual) {
  manual.section("EXIT STATUS");
  manual.begin_list();
  for (const ExitCodeRow& row : exit_codes)
    manual.entry(std::to_string(static_cast<int>(row.code)), sentence(row.meaning));
  manual.end_list();
}

ManualPage overview() {
  Manual manual("deployctl", 1, "deploy from a declarative pipeline");
  manual.section("SYNOPSIS");
  manual.macro(".Nm\n.Ar command\n.Op Ar argument ...\n.Op Ar flags");
  manual.section("DESCRIPTION");
  manual.paragraph(
      "Compares a declarative pipeline with the live world, shows a plan, asks, applies it durably, "
      "proves the result, and can take it back.");
  add_commands(manual);
  manual.section("OPTIONS");
  manual.paragraph("Flags of every command:");
  add_flags(manual, global_flags());
  manual.section("FILES");
  manual.begin_list();
  manual.entry("Pa deploy.yaml", "The pipeline.");
  manual.entry("Pa .deployctl", "Journals, releases and locks, beside the pipeline.");
  manual.end_list();
  add_exit_codes(manual);
  add_examples(manual, {{"init", "A pipeline that validates"},
                        {"plan production", "What would change"},
                        {"apply production", "Plan, ask, apply, verify, record"},
                        {"rollback production", "Back to the last good release"}});
  manual.section("SEE ALSO");
  std::vector<std::string> sorted = command_names();
  for (std::string& name : sorted) name = replace_all(name, " ", "-");
  std::sort(sorted.begin(), sorted.end());
  std::string names;
  for (const std::string& name : sorted) names += ".Xr deployctl-" + replace_all(name, " ", "-") + " 1 ,\n";
  manual.macro(names + ".Xr deployctl-pipeline 5");
  return {"deployctl.1", manual.text()};
}

} // namespace

std::vector<ManualPage> manual_pages() {
  std::vector<ManualPage> pages = {overview()};
  for (const Command& command : all_commands())
    if (is_shown(command)) pages.push_back(page_of(command));
  return pages;
}

} // namespace deployctl::cli
