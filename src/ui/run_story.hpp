// One run as its record tells it, for the log and the report: who and what, each stage with its times, what
// was said on the way, how it ended. Values only; reading journals is not done here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "plan/plan.hpp"
#include "ui/ending.hpp"

namespace deployctl::ui {

enum class Tone { plain, good, bad, warning };

// One attempt at one stage on one target. `back`: of taking the change back.
struct StoryStage {
  std::string step;
  std::string target;
  std::string stage;
  int attempt = 1;
  bool back = false;
  std::optional<WallTime> began;
  std::optional<WallTime> ended; // none: nobody wrote down how it ended
  std::string result;            // "done", "found done", "failed", "untouched", "open"
  Tone tone = Tone::plain;
};

// One entry of the record, in its order.
struct StoryLine {
  std::optional<WallTime> at;
  Tone tone = Tone::plain;
  std::string step;
  std::string target;
  std::string text;
  std::vector<std::string> evidence;
};

struct StoryGate {
  std::string step;
  std::string gate;
  std::string place;
  std::string verdict;
  std::string detail;
  std::vector<std::string> evidence;
};

struct StoryApproval {
  std::string step; // empty: the plan
  std::string by;
  std::string how;
  std::string digest;
  std::optional<WallTime> at;
};

struct RunStory {
  std::string run;
  std::string operation; // "apply", "rollback", "run"
  std::string by;
  std::string tool;
  std::string plan_digest;
  std::string pipeline_digest;
  std::optional<WallTime> began;
  std::optional<WallTime> ended; // of the last thing that was written, when the run has not ended
  bool is_over = false;
  Ending ending; // the outcome is "not ended" while it is not
  std::optional<plan::Plan> plan;
  std::vector<StoryStage> stages;
  std::vector<StoryGate> gates;
  std::vector<StoryApproval> approvals;
  std::vector<StoryLine> lines;
  std::vector<std::string> missing; // what could not be read, and why
};

// The lines of one step, or of all when `step` is empty.
std::string story_text(const RunStory& story, const std::string& step, const Style& style);
Value story_document(const RunStory& story, const std::string& step);

// "is as planned": how an outcome reads behind the name of what was deployed.
std::string outcome_sentence(const std::string& outcome);

} // namespace deployctl::ui
