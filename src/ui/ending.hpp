// The last lines of a run: how the world is now. What was changed, taken back, left; what is not known; what
// to run next; where the record is; how long it took.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/error.hpp>
#include <deployctl/strategy.hpp>

#include "ui/style.hpp"

namespace deployctl::ui {

struct EndingLine {
  std::string kind; // "changed", "reverted", "kept", "remaining", "unknown"
  std::string step;
  std::string target; // may be empty
  std::string detail; // may be empty
};

// A stage about which a person has to say what happened.
struct EndingChoice {
  std::string stage; // "migrate@app-1, stage run"
  std::string why;
  std::vector<std::string> answers;
};

struct Ending {
  std::string outcome; // the engine's word: "succeeded", "rolled_back" ...
  int exit_code = 0;
  std::string subject; // "production", "hello/production"
  std::vector<EndingLine> world;
  std::vector<std::string> not_started = {}; // steps
  std::optional<Error> error;
  std::vector<EndingChoice> choices;
  std::string release;      // "release 12, version v1.4.0"; empty when none was recorded
  std::string next_command; // empty when nothing is to be done
  std::string log;          // path; empty when no run was begun
  Milliseconds elapsed{0};
};

std::string ending_text(const Ending& ending, const Style& style);

// "80 ms", "1.2 s", "2 min 5 s": for people, not canonical.
std::string elapsed_text(Milliseconds elapsed);

} // namespace deployctl::ui
