#include <catch2/catch.hpp>

#include "golden.hpp"
#include "ui/ending.hpp"

using namespace deployctl;

namespace {

std::vector<std::pair<std::string, ui::Ending>> endings() {
  const Error probe{.cause = Cause::probe_failing,
                    .message = "web on app-1 did not become healthy: status 500, wanted 200",
                    .help = "look at the service's own log",
                    .frames = {"while waiting for the health of 'web'"},
                    .evidence = {"GET http://127.0.0.1:8321/healthz -> 500", "no\033[2J greeting\r"}};
  const std::string log = ".deployctl/runs/01J.journal";
  return {
      {"succeeded",
       {.outcome = "succeeded",
        .subject = "hello/production",
        .world = {{"changed", "web", "app-1", ""},
                  {"changed", "web", "app-2", ""},
                  {"changed", "test", "", "ran"}},
        .release = "release 12, version 1.4.0",
        .log = log,
        .elapsed = Milliseconds(12'345)}},
      {"nothing_to_do",
       {.outcome = "nothing_to_do", .subject = "hello/production", .elapsed = Milliseconds(80)}},
      {"rolled_back",
       {.outcome = "rolled_back",
        .exit_code = 8,
        .subject = "hello/production",
        .world = {{"reverted", "web", "app-1", "release v2"},
                  {"kept", "migrate", "", "irreversible: forward only"}},
        .error = probe,
        .next_command = "deployctl plan production",
        .log = log,
        .elapsed = Milliseconds(125'000)}},
      {"mixed",
       {.outcome = "mixed",
        .exit_code = 9,
        .subject = "hello/production",
        .world = {{"changed", "web", "app-1", "could not be reverted: ssh is gone"},
                  {"remaining", "web", "app-2", ""},
                  {"unknown", "mail", "", "sent or not"}},
        .error = probe,
        .next_command = "deployctl apply production",
        .log = log,
        .elapsed = Milliseconds(999)}},
      {"undecided",
       {.outcome = "undecided",
        .exit_code = 11,
        .subject = "hello/production",
        .choices = {{"mail, stage run",
                     "exec.run without 'check' cannot say whether it ran",
                     {"done", "not-done", "rerun"}}},
        .next_command = "deployctl status production",
        .log = log,
        .elapsed = Milliseconds(5)}},
      {"interrupted",
       {.outcome = "interrupted",
        .exit_code = 130,
        .subject = "hello/production",
        .world = {{"changed", "web", "app-1", ""}, {"remaining", "web", "app-2", ""}},
        .next_command = "deployctl apply production",
        .log = log,
        .elapsed = Milliseconds(3'000)}},
  };
}

} // namespace

TEST_CASE("ending: the last lines say how the world is, what is next, where the log is, how long it took") {
  for (const auto& [name, ending] : endings())
    golden::check("tests/ui/goldens/ending_" + name + ".txt", ui::ending_text(ending, {}));
}

TEST_CASE("ending: evidence of a hostile world cannot move the cursor") {
  for (const auto& [name, ending] : endings())
    CHECK(ui::ending_text(ending, {}).find_first_of("\r\033") == std::string::npos);
}
