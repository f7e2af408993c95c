#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "engine/connections.hpp"
#include "engine/stage_jobs.hpp"
#include "engine/verbs.hpp"

namespace deployctl::engine {

RevertPlanned StageJobs::plan_revert(TargetId at, int round, const std::stop_token& stop) {
  const RunStep& step = this->step(at);
  RunTarget& target = this->target(at);
  auto change = change_back(step, target, round, stop);
  if (!change) return {at, fail(std::move(change).error())};
  if (!*change) return {at, std::nullopt, never_touched(target)};
  auto ask = ask_back(step, target, round);
  if (!ask) return {at, fail(std::move(ask).error())};
  target.back = **change;
  target.back_ask = *std::move(ask);
  return {at, target.back.stages};
}

// Round by round from the newest undo record to the oldest, each against what is there then.
Result<std::optional<Change>> StageJobs::change_back(const RunStep& step, const RunTarget& target, int round,
                                                     const std::stop_token& stop) const {
  const auto* resource = verbs<Resource>(*step.provider);
  const auto rounds = static_cast<int>(target.undo.size());
  if (!resource) return task_back(step, target, round);
  if (rounds == 0 && target.change.undoable == Undoable::no)
    return fail(Cause::internal, fmt::format("cannot be taken back: {}", target.change.undoable_why));
  if (round >= rounds) return std::nullopt;
  if (target.masked_undo)
    return fail(Cause::internal,
                "cannot be taken back: what was there before held a secret, and the journal has "
                "it masked");
  const Undo& undo = target.undo[static_cast<std::size_t>(rounds - 1 - round)];
  DEPLOYCTL_TRY(Connection * connection,
                deployment_.request.connections.get(*step.provider, step.approved.instance, stop));
  std::vector<Value> inputs;
  if (undo.ask.inputs) inputs.push_back(*undo.ask.inputs);
  ReadAccess access(*step.provider, *connection, environment_.ports, std::move(inputs), stop);
  auto observed = resource->observe(access.session(), std::span(&undo.ask, 1));
  if (observed.size() != 1) return fail(Cause::internal, "one observation was asked for");
  DEPLOYCTL_TRY(const Observation there, std::move(observed.front()));
  DEPLOYCTL_TRY(Change change, resource->revert(undo, there));
  return change;
}

Result<Ask> StageJobs::ask_back(const RunStep& step, const RunTarget& target, int round) const {
  if (!verbs<Resource>(*step.provider)) {
    Ask ask = target.ask;
    DEPLOYCTL_TRY(const Value inputs, config::resolve(*step.step->undo, deployment_.outputs.lookup()));
    ask.inputs = with_defaults(step.provider->description.fields, inputs);
    return ask;
  }
  return target.undo.at(target.undo.size() - 1 - static_cast<std::size_t>(round)).ask;
}

// A task goes back by its own action with the inputs of `undo`, once.
Result<std::optional<Change>> StageJobs::task_back(const RunStep& step, const RunTarget& target,
                                                   int round) const {
  const auto* task = verbs<Task>(*step.provider);
  if (round > 0 || !task || !step.step->undo) return std::nullopt;
  if (target.no_undo) return fail(*target.no_undo);
  Ask undo = target.ask;
  DEPLOYCTL_TRY(const Value inputs, config::resolve(*step.step->undo, deployment_.outputs.lookup()));
  undo.inputs = with_defaults(step.provider->description.fields, inputs);
  DEPLOYCTL_TRY(Change change, task->plan(undo));
  return change;
}

} // namespace deployctl::engine
