#include <deque>

#include <catch2/catch.hpp>

#include "ui/prompt.hpp"

using namespace deployctl;

namespace {

struct Outcome {
  ui::Answer answer;
  std::string shown;
};

Outcome answered(bool is_protected, std::deque<std::string> lines) {
  ui::StringWriter writer;
  const ui::Conversation conversation{.writer = writer,
                                      .read_line = [&]() -> std::optional<std::string> {
                                        if (lines.empty()) return std::nullopt;
                                        std::string line = lines.front();
                                        lines.pop_front();
                                        return line;
                                      },
                                      .details = [] { return std::string("THE FULL PLAN\n"); }};
  const ui::Answer answer = ui::ask(
      {.environment = "production", .is_protected = is_protected, .sentence = "2 to update on 3 servers."},
      conversation);
  return {answer, writer.text()};
}

} // namespace

TEST_CASE("prompt: only the word yes is consent") {
  CHECK(answered(false, {"yes"}).answer == ui::Answer::granted);
  CHECK(answered(false, {" yes "}).answer == ui::Answer::granted);
  for (const char* line : {"", "y", "Y", "YES", "Yes", "yes!", "no", "production", "j", "true", "1"}) {
    INFO(line);
    CHECK(answered(false, {line}).answer == ui::Answer::denied);
  }
}

TEST_CASE("prompt: a protected environment wants its name, and yes is not enough") {
  CHECK(answered(true, {"production"}).answer == ui::Answer::granted);
  for (const char* line : {"", "yes", "Production", "prod", "production."})
    CHECK(answered(true, {line}).answer == ui::Answer::denied);
}

TEST_CASE("prompt: the end of input is nobody, before and after details") {
  CHECK(answered(false, {}).answer == ui::Answer::nobody);
  CHECK(answered(true, {}).answer == ui::Answer::nobody);
  CHECK(answered(false, {"details"}).answer == ui::Answer::nobody);
}

TEST_CASE("prompt: details shows the full plan and asks again") {
  const Outcome outcome = answered(false, {"details", "yes"});
  CHECK(outcome.answer == ui::Answer::granted);
  CHECK(outcome.shown.find("THE FULL PLAN") != std::string::npos);
  CHECK(answered(false, {"details", ""}).answer == ui::Answer::denied);
}

TEST_CASE("prompt: at a narrow terminal it breaks at words") {
  ui::StringWriter writer;
  const ui::Conversation conversation{.writer = writer,
                                      .read_line = [] { return std::optional<std::string>(); },
                                      .details = [] { return std::string(); },
                                      .width = 40};
  ui::ask({.environment = "production",
           .sentence = "Apply this to shop/production? Plan: 2 to update on 3 servers."},
          conversation);
  CHECK(writer.text() == "\nApply this to shop/production? Plan: 2\nto update on 3 servers.\n"
                         "Type 'yes' to apply, 'details' for the\nfull plan, anything else to stop: \n");
}
