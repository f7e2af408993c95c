#include "ui/ending.hpp"

#include <algorithm>
#include <array>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "ui/error_text.hpp"
#include "ui/plan_steps.hpp"
#include "ui/run_story.hpp"

namespace deployctl::ui {
namespace {

struct Headline {
  std::string_view outcome;
  std::string_view sentence;
  Role role;
};

constexpr std::array<Headline, 11> headlines = {{
    {"succeeded", "is as planned", Role::create},
    {"nothing_to_do", "was already as wanted; nothing was changed", Role::create},
    {"failed", "failed; no target was changed", Role::error},
    {"rolled_back", "failed; every change was reverted", Role::error},
    {"mixed", "is neither as before nor as planned", Role::error},
    {"interrupted", "was interrupted at a safe point", Role::warning},
    {"parked", "waits for a person and keeps its place", Role::warning},
    {"refused", "was not started; nothing was changed", Role::error},
    {"undecided", "needs a decision before anything else happens", Role::error},
    {"aborted", "was aborted", Role::warning},
    {"skipped", "was skipped: another run holds the lock", Role::warning},
}};

constexpr std::array<std::string_view, 5> kinds = {"changed", "reverted", "kept", "remaining", "unknown"};

Headline headline_of(const std::string& outcome) {
  const auto found = std::find_if(headlines.begin(), headlines.end(),
                                  [&](const Headline& entry) { return entry.outcome == outcome; });
  return found == headlines.end() ? Headline{outcome, outcome, Role::none} : *found;
}

std::string headline(const Ending& ending, const Style& style) {
  const Headline entry = headline_of(ending.outcome);
  std::string out = ending.subject + " " + std::string(entry.sentence);
  if (!ending.release.empty()) out.append(": " + ending.release);
  return paint(style, entry.role, out) + "\n";
}

std::string labelled(const Style& style, std::string_view label, const std::string& text) {
  std::string out = "  " + std::string(label) + (label.empty() ? "" : ":");
  out.append(out.size() < 13 ? 13 - out.size() : 1, ' ');
  return wrap(style, out + text, 13) + "\n";
}

struct StepLine {
  std::string step;
  std::string detail;
  std::vector<std::string> targets;
};

// "web on app-1, app-2 (v1.4.0)": one line for all targets of a step that tell the same.
std::vector<StepLine> lines_of(const std::vector<EndingLine>& world, std::string_view kind) {
  std::vector<StepLine> steps;
  for (const EndingLine& line : world) {
    if (line.kind != kind) continue;
    if (steps.empty() || steps.back().step != line.step || steps.back().detail != line.detail)
      steps.push_back({.step = line.step, .detail = line.detail, .targets = {}});
    if (!line.target.empty()) steps.back().targets.push_back(line.target);
  }
  return steps;
}

std::string world_text(const Ending& ending, const Style& style) {
  std::string out;
  for (const std::string_view kind : kinds)
    for (const StepLine& line : lines_of(ending.world, kind)) {
      std::string text = line.step;
      if (!line.targets.empty()) text.append(" on " + names_text(line.targets, 8));
      if (!line.detail.empty()) text.append(" (" + one_line(line.detail) + ")");
      out.append(labelled(style, kind, text));
    }
  if (!ending.not_started.empty())
    out.append(labelled(style, "not started", names_text(ending.not_started, 8)));
  return out;
}

std::string choices_text(const Ending& ending, const Style& style) {
  std::string out;
  for (const EndingChoice& choice : ending.choices) {
    out.append(labelled(style, "decide", choice.stage + ": " + one_line(choice.why)));
    out.append(labelled(style, "", "one of " + join(choice.answers, ", ")));
  }
  return out;
}

} // namespace

std::string outcome_sentence(const std::string& outcome) {
  return std::string(headline_of(outcome).sentence);
}

std::string elapsed_text(Milliseconds elapsed) {
  if (elapsed >= std::chrono::minutes(1)) return format_age(elapsed);
  if (elapsed < std::chrono::seconds(1)) return std::to_string(elapsed.count()) + " ms";
  const auto tenths = elapsed.count() / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

std::string ending_text(const Ending& ending, const Style& style) {
  std::string out = ending.error ? error_text(*ending.error, style) : std::string();
  out.append(headline(ending, style)).append(world_text(ending, style)).append(choices_text(ending, style));
  if (!ending.next_command.empty())
    out.append("  next:      " + ending.next_command + "\n"); // to be copied: unbroken
  if (!ending.log.empty()) out.append("  log:       " + ending.log + "\n");
  return out + "  time:      " + elapsed_text(ending.elapsed) + "\n";
}

} // namespace deployctl::ui
