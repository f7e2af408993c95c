#include "engine/assumptions.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "engine/recovery.hpp"

namespace deployctl::engine {

namespace {

struct AnswerName {
  Answer answer;
  std::string_view name;
};
constexpr std::array<AnswerName, 3> answer_names = {
    {{Answer::done, "done"}, {Answer::not_done, "not-done"}, {Answer::rerun, "rerun"}}};

std::string place(const std::string& step, const std::string& target) {
  return target.empty() ? step : step + "/" + target;
}

bool speaks_of(const Assumption& assumption, const Choice& choice) {
  return assumption.step == choice.step && (assumption.target.empty() || assumption.target == choice.target);
}

const Assumption* about(const std::vector<Assumption>& assumptions, const Choice& choice) {
  const auto found = std::find_if(assumptions.begin(), assumptions.end(),
                                  [&](const Assumption& each) { return speaks_of(each, choice); });
  return found == assumptions.end() ? nullptr : &*found;
}

Status all_fit(const std::vector<Assumption>& assumptions, const std::vector<Choice>& choices) {
  for (const Assumption& assumption : assumptions) {
    const bool fits = std::any_of(choices.begin(), choices.end(),
                                  [&](const Choice& choice) { return speaks_of(assumption, choice); });
    if (fits) continue;
    std::vector<std::string> open;
    open.reserve(choices.size());
    for (const Choice& choice : choices) open.push_back(place(choice.step, choice.target));
    return fail(
        Cause::config,
        fmt::format("nothing has to be assumed about '{}'", place(assumption.step, assumption.target)),
        open.empty() ? "every outcome of this run is known; 'deployctl resume' goes on with it"
                     : "a decision is needed about: " + join(open, ", "));
  }
  return {};
}

// The outcome that the answer amounts to. Not done and rerun leave the stage to be done again; only the first
// says that there is nothing to take back.
OutcomeRecord outcome_of(Answer answer, const OpenStage& open, const TargetHistory& target) {
  OutcomeRecord record{.ref = open.ref};
  if (answer == Answer::done) {
    record.adopted = true;
    return record;
  }
  record.error = ErrorRecord{std::string(to_text(Cause::cancelled)),
                             answer == Answer::rerun ? "cut off; a person decided to run it again"
                                                     : "cut off; a person said that it was not done",
                             {}};
  record.untouched = answer == Answer::not_done && !open.ref.back && target.undo.empty();
  return record;
}

} // namespace

std::string_view to_text(Answer answer) {
  return answer_names.at(static_cast<std::size_t>(answer)).name;
}

std::string command_for(const Choice& choice, const std::string& run, std::size_t answer) {
  return fmt::format("deployctl recover {} --assume {}={}", run, place(choice.step, choice.target),
                     choice.answers.at(answer));
}

Result<Assumption> assumption_from(std::string_view text) {
  const std::string wanted =
      "it is written STEP=ANSWER or STEP/TARGET=ANSWER; answers are done, not-done, rerun";
  const std::size_t equals = text.rfind('=');
  if (equals == std::string_view::npos || equals == 0)
    return fail(Cause::config, fmt::format("'{}' is not an assumption", text), wanted);
  const std::string_view named = text.substr(equals + 1);
  const auto* found = std::find_if(answer_names.begin(), answer_names.end(),
                                   [&](const AnswerName& row) { return row.name == named; });
  if (found == answer_names.end())
    return fail(Cause::config, fmt::format("'{}' is not an answer about '{}'", named, text.substr(0, equals)),
                wanted);
  const std::string_view what = text.substr(0, equals);
  const std::size_t slash = what.find('/');
  Assumption assumption{.step = std::string(what.substr(0, slash)), .answer = found->answer};
  if (slash != std::string_view::npos) assumption.target = what.substr(slash + 1);
  return assumption;
}

Result<std::vector<Choice>> assume(const std::vector<Assumption>& assumptions,
                                   const std::vector<Choice>& choices, const std::string& by,
                                   RunHistory& history, RunJournal& journal) {
  DEPLOYCTL_CHECK(all_fit(assumptions, choices));
  std::vector<Choice> left;
  const std::vector<OpenStage> open = open_stages(history);
  for (const Choice& choice : choices) {
    const TargetKey key{choice.step, choice.target};
    const auto stage =
        std::find_if(open.begin(), open.end(), [&](const OpenStage& each) { return each.at == key; });
    const Assumption* said = about(assumptions, choice);
    if (!said || stage == open.end()) {
      left.push_back(choice);
      continue;
    }
    const OutcomeRecord record = outcome_of(said->answer, *stage, history.targets.at(key));
    const std::string what = fmt::format("{}, stage {}: {}", place(choice.step, choice.target), choice.stage,
                                         to_text(said->answer));
    DEPLOYCTL_CHECK(journal.assumed({"assume", by, what}, record));
    take_outcome(history, record);
  }
  return left;
}

} // namespace deployctl::engine
