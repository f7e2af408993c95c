#include "engine/endings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.hpp"

namespace deployctl::engine {

namespace {

using Effect = TargetStanding::Effect;

struct CauseCode {
  Cause cause;
  int code;
};
constexpr std::array<CauseCode, 6> cause_codes = {{
    {Cause::config, exit_code::invalid},
    {Cause::auth, exit_code::denied},
    {Cause::permission, exit_code::denied},
    {Cause::policy, exit_code::not_approved},
    {Cause::superseded, exit_code::superseded},
    {Cause::cancelled, exit_code::interrupted},
}};

struct EffectLine {
  Effect effect;
  WorldLine::Kind kind;
  std::string_view detail; // when the standing has none of its own
};
constexpr std::array<EffectLine, 7> effect_lines = {{
    {Effect::done, WorldLine::Kind::changed, ""},
    {Effect::partial, WorldLine::Kind::remaining, "partly done"},
    {Effect::unknown, WorldLine::Kind::unknown, "was cut off; its outcome is not known"},
    {Effect::reverted, WorldLine::Kind::reverted, ""},
    {Effect::kept, WorldLine::Kind::kept, ""},
    {Effect::stuck, WorldLine::Kind::remaining, ""},
    {Effect::behind, WorldLine::Kind::remaining, "left behind"},
}};

constexpr std::size_t facts_shown = 5;

// What a person would have to do by hand: the forward change, read backwards.
std::string by_hand(const Change& change) {
  if (change.action == Action::create) return "; by hand: remove it";
  std::string text;
  for (std::size_t i = 0; i < change.fields.size() && i < facts_shown; ++i) {
    const FieldChange& field = change.fields[i];
    text += (text.empty() ? "; by hand: " : ", ") + field.path +
            (field.before.is_null() ? " unset" : " back to " + to_json(field.before));
  }
  if (change.fields.size() > facts_shown)
    text += " and " + std::to_string(change.fields.size() - facts_shown) + " more";
  return text;
}

WorldLine line_of(const TargetStanding& standing, const Deployment& deployment) {
  const EffectLine& row = effect_lines.at(static_cast<std::size_t>(standing.effect));
  const RunStep& step = deployment.steps.at(standing.at.step);
  const RunTarget& target = step.targets.at(standing.at.target);
  std::string detail = standing.detail.empty() ? std::string(row.detail) : standing.detail;
  if (standing.effect == Effect::stuck) detail += by_hand(target.change);
  return {row.kind, step.approved.id, target.target.name, std::move(detail)};
}

void judge_success(Ending& ending) {
  const auto whole = [](const WorldLine& line) { return line.kind == WorldLine::Kind::changed; };
  const bool all = std::all_of(ending.world.begin(), ending.world.end(), whole);
  ending.exit_code = all ? exit_code::done : exit_code::mixed;
  ending.outcome = all ? Outcome::succeeded : Outcome::mixed;
}

// Who was stopped on purpose and had changed nothing has failed: an interrupt ends in another way.
int code_without_effect(const Scheduler& scheduler, const Error& error) {
  if (scheduler.failed_as_stale()) return exit_code::stale;
  return error.cause == Cause::cancelled ? exit_code::failed : code_before_effects(error);
}

void judge_failure(Ending& ending, const Scheduler& scheduler) {
  const auto back = [](const WorldLine& line) { return line.kind == WorldLine::Kind::reverted; };
  if (ending.world.empty()) {
    ending.exit_code = code_without_effect(scheduler, *ending.error);
    ending.outcome = Outcome::failed;
    return;
  }
  const bool all = std::all_of(ending.world.begin(), ending.world.end(), back);
  ending.exit_code = all ? exit_code::reverted : exit_code::mixed;
  ending.outcome = all ? Outcome::rolled_back : Outcome::mixed;
}

} // namespace

std::string_view to_text(Outcome outcome) {
  constexpr std::array<std::string_view, 11> names = {"succeeded", "nothing_to_do", "failed", "rolled_back",
                                                      "mixed",     "interrupted",   "parked", "refused",
                                                      "undecided", "aborted",       "skipped"};
  return names.at(static_cast<std::size_t>(outcome));
}

std::string_view to_text(WorldLine::Kind kind) {
  constexpr std::array<std::string_view, 5> names = {"changed", "reverted", "kept", "remaining", "unknown"};
  return names.at(static_cast<std::size_t>(kind));
}

Ending refused(int code, Error error, std::string next_command) {
  return {.exit_code = code,
          .outcome = code == exit_code::failed ? Outcome::failed : Outcome::refused,
          .error = std::move(error),
          .next_command = std::move(next_command)};
}

Ending refused(const Error& error) {
  return refused(code_before_effects(error), error);
}

int code_before_effects(const Error& error) {
  for (const CauseCode& row : cause_codes)
    if (row.cause == error.cause) return row.code;
  return exit_code::failed;
}

Ending ending_of(const Scheduler& scheduler, const Deployment& deployment, Finish how, int signal) {
  Ending ending{.run = deployment.run};
  for (const TargetStanding& standing : scheduler.standings())
    ending.world.push_back(line_of(standing, deployment));
  if (how != Finish::succeeded)
    for (const std::size_t step : scheduler.never_started())
      ending.not_started.push_back(deployment.steps.at(step).approved.id);
  if (scheduler.failure()) {
    ending.error = scheduler.failure();
    ending.error->frames.push_back("in step '" + deployment.steps.at(*scheduler.failed_step()).approved.id +
                                   "'");
  }
  switch (how) {
  case Finish::succeeded:
    judge_success(ending);
    break;
  case Finish::failed:
    judge_failure(ending, scheduler);
    break;
  case Finish::interrupted:
  case Finish::abandoned:
    ending.exit_code = signal > 0 ? 128 + signal : exit_code::interrupted;
    ending.outcome = Outcome::interrupted;
    break;
  case Finish::parked:
    ending.exit_code = exit_code::not_approved;
    ending.outcome = Outcome::parked;
    ending.error = scheduler.parked();
  }
  return ending;
}

void judge_abort(Ending& ending) {
  if (ending.outcome != Outcome::failed && ending.outcome != Outcome::rolled_back) return;
  // Nothing of it is left to be told: an abort that found nothing is no interrupt.
  if (ending.world.empty()) ending.exit_code = exit_code::done;
  ending.outcome = Outcome::aborted;
}

bool went_through(const Ending& ending) {
  return ending.outcome == Outcome::succeeded || (ending.outcome == Outcome::mixed && !ending.error);
}

void end_unwritten(Ending& ending, int untouched) {
  ending.exit_code = ending.world.empty() ? untouched : exit_code::mixed;
  ending.outcome = ending.world.empty() ? Outcome::failed : Outcome::mixed;
}

void end_without_journal(Ending& ending, Finish how, const Error& why, int untouched) {
  ending.error = why;
  if (how != Finish::abandoned) end_unwritten(ending, untouched);
}

std::string_view result_of(const Ending& ending) {
  const auto back = [](const WorldLine& line) { return line.kind == WorldLine::Kind::reverted; };
  switch (ending.outcome) {
  case Outcome::succeeded:
  case Outcome::nothing_to_do:
    return "succeeded";
  case Outcome::rolled_back:
    return "rolled_back";
  case Outcome::interrupted:
    return "interrupted";
  case Outcome::parked:
    return "parked";
  case Outcome::aborted:
    return "aborted";
  case Outcome::mixed:
    if (!ending.error) return "succeeded";
    return std::any_of(ending.world.begin(), ending.world.end(), back) ? "rolled_back" : "failed";
  default:
    return "failed";
  }
}

Value to_value(const Ending& ending) {
  Value::List world;
  for (const WorldLine& line : ending.world)
    world.push_back(Value::Map{{"state", to_text(line.kind)},
                               {"step", line.step},
                               {"target", line.target},
                               {"detail", line.detail}});
  Value::List choices;
  for (const Choice& choice : ending.choices) {
    Value::List commands;
    for (std::size_t i = 0; i < choice.answers.size(); ++i)
      commands.push_back(command_for(choice, ending.run, i));
    choices.push_back(Value::Map{{"step", choice.step},
                                 {"target", choice.target},
                                 {"stage", choice.stage},
                                 {"why", choice.why},
                                 {"answers", Value::List(choice.answers.begin(), choice.answers.end())},
                                 {"commands", std::move(commands)}});
  }
  Value::Map value{{"exit_code", ending.exit_code},
                   {"outcome", to_text(ending.outcome)},
                   {"world", std::move(world)},
                   {"next_command", ending.next_command},
                   {"run", ending.run},
                   {"release", ending.release},
                   {"number", ending.release_number},
                   {"version", ending.release_version},
                   {"journal", ending.journal}};
  if (!ending.not_started.empty())
    value.emplace("not_started", Value::List(ending.not_started.begin(), ending.not_started.end()));
  if (!choices.empty()) value.emplace("choices", std::move(choices));
  if (ending.error) {
    const auto& evidence = ending.error->evidence;
    value.emplace("error", Value::Map{{"cause", to_text(ending.error->cause)},
                                      {"message", ending.error->message},
                                      {"help", ending.error->help},
                                      {"evidence", Value::List(evidence.begin(), evidence.end())}});
  }
  return value;
}

} // namespace deployctl::engine
