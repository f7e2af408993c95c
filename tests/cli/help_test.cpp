#include <filesystem>
#include <set>

#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "base/utf8.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"
#include "cli/manual.hpp"
#include "golden.hpp"

using namespace deployctl;
using namespace deployctl::cli;

namespace {

void check_width(const std::string& text) {
  for (const std::string_view line : split(text, '\n')) {
    INFO(line);
    CHECK(display_width(line) <= static_cast<std::size_t>(help_width));
  }
}

} // namespace

TEST_CASE("help: at most 80 columns, examples before flags, later things not shown") {
  check_width(overview_help());
  for (const Command& command : all_commands()) {
    if (!command.run || command.hidden) continue;
    const std::string text = command_help(command);
    check_width(text);
    CHECK(text.find("Examples:") < text.find("Flags"));
    for (const Flag& flag : command.flags)
      CHECK((text.find("--" + std::string(flag.name) + " ") != std::string::npos) ==
            (flag.since == Since::now));
    CHECK(overview_help().find("  " + std::string(command.name)) != std::string::npos);
  }
  for (const Command& command : all_commands())
    if (!command.run)
      CHECK(overview_help().find("  " + std::string(command.name) + " ") == std::string::npos);
  CHECK(overview_help().find("__complete") == std::string::npos);
}

TEST_CASE("help: topics have text, at most 80 columns") {
  for (const Topic& topic : help_topics()) {
    check_width(topic.text());
    CHECK(help_about(topic.name) == topic.text());
  }
  CHECK_FALSE(help_about("nothing"));
}

TEST_CASE("help: the manual pages are those the table makes, and there are no others") {
  std::set<std::string> made = {"deployctl-pipeline.5"}; // the language's: compared beside its tables
  for (const ManualPage& page : manual_pages()) {
    golden::check("docs/man/" + page.file, page.text);
    made.insert(page.file);
  }
  for (const auto& entry : std::filesystem::directory_iterator("docs/man"))
    CHECK(made.contains(entry.path().filename().string()));
}

TEST_CASE("help: the reference pages are those the tables make") {
  golden::check("docs/reference/commands.md", commands_reference());
  golden::check("docs/reference/exit-codes.md", exit_codes_reference());
}
