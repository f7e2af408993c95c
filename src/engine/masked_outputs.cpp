#include "engine/masked_outputs.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "engine/planner.hpp"
#include "engine/recovery.hpp"
#include "engine/run_records.hpp"
#include "engine/stage_jobs.hpp"

namespace deployctl::engine {

namespace {

// The last stage that had an effect, as it was asked for.
Intent last_intent(const RunHistory& history, const TargetKey& key, const TargetHistory& target,
                   const plan::PlannedStep& step) {
  const std::size_t stages = target.change.stages.size();
  const std::size_t done = std::clamp<std::size_t>(target.progress.done, 1, std::max<std::size_t>(stages, 1));
  Intent intent{.run = history.header.run,
                .step = key.first,
                .target = key.second,
                .stage = stages == 0 ? std::string() : target.change.stages[done - 1].name,
                .crash_class = step.crash_class,
                .ask = target.ask,
                .change = target.change};
  intent.key = idempotency_key(intent.run, ref_of(intent, static_cast<int>(done) - 1, false, 0));
  return intent;
}

Error cannot_be_read(const TargetKey& key, const std::string& why) {
  const std::string where = key.second.empty() ? key.first : key.first + " on " + key.second;
  return {.cause = Cause::conflict,
          .message =
              fmt::format("the outputs of step {} held a secret, so the journal has them masked, and they "
                          "cannot be read again{}{}",
                          where, why.empty() ? "" : ": ", why)};
}

// By a step that is still to come.
bool needed(const plan::Content& content, const RunHistory& history, const std::string& id) {
  return std::any_of(content.steps.begin(), content.steps.end(), [&](const plan::PlannedStep& step) {
    const bool wants = std::find(step.needs.begin(), step.needs.end(), id) != step.needs.end();
    return wants && history.done.count(step.id) == 0;
  });
}

Status reread(const Environment& environment, Planning& planning, const plan::Content& content,
              RunHistory& history, const TargetKey& key, TargetHistory& target) {
  const auto same = [&id = key.first](const plan::PlannedStep& step) { return step.id == id; };
  const auto step = std::find_if(content.steps.begin(), content.steps.end(), same);
  if (step == content.steps.end()) return {};
  DEPLOYCTL_TRY(const Confirmation confirmation,
                confirm_stage(environment, planning, *step, last_intent(history, key, target, *step)));
  if (confirmation.state == Confirmation::State::done && !confirmation.outputs.is_null()) {
    target.outputs = confirmation.outputs;
    target.masked_outputs = false;
    return {};
  }
  if (!needed(content, history, key.first)) return {};
  return fail(cannot_be_read(key, confirmation.detail));
}

} // namespace

Status reread_masked_outputs(const Environment& environment, Planning& planning, const plan::Content& content,
                             RunHistory& history) {
  for (auto& [key, target] : history.targets) {
    if (!target.masked_outputs || target.taken_back) continue;
    DEPLOYCTL_CHECK(reread(environment, planning, content, history, key, target));
  }
  for (auto& [id, done] : history.done) {
    if (!done.masked) continue;
    std::vector<Value> of_targets;
    for (const auto& [key, target] : history.targets)
      if (key.first == id && !target.masked_outputs) of_targets.push_back(target.outputs);
    if (!of_targets.empty())
      done.outputs = step_outputs(of_targets);
    else if (needed(content, history, id))
      return fail(cannot_be_read({id, ""}, {}));
  }
  return {};
}

} // namespace deployctl::engine
