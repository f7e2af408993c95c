#include "engine/stage_jobs.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <fmt/core.h>

#include <deployctl/host_state.hpp>
#include <deployctl/units.hpp>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/time.hpp"
#include "engine/connections.hpp"
#include "engine/output_lines.hpp"
#include "engine/planner_change.hpp"
#include "engine/stage_walk.hpp"
#include "engine/verbs.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::engine {

namespace {

// What a provider may make durable, bound to one attempt.
class JournalEffects final : public Effects {
public:
  JournalEffects(RunJournal& journal, StageRef ref, Intent& intent, RunTarget& target)
      : journal_(journal), ref_(std::move(ref)), intent_(intent), target_(target) {}

  Status remote_id(std::string id) override {
    if (!ref_.back) target_.acted = true;
    intent_.remote_ids.push_back(id);
    return journal_.remote_id({ref_, std::move(id)});
  }

  Status undo(Value data) override {
    if (!ref_.back) target_.undo.push_back({intent_.ask, ref_.stage, data});
    return journal_.undo({ref_, std::move(data)});
  }

private:
  RunJournal& journal_;
  StageRef ref_;
  Intent& intent_;
  RunTarget& target_;
};

// Whether to try again is safe to answer where a second effect is no second harm.
Error too_late(const Intent& intent, const Stage& stage, Milliseconds limit) {
  const bool safe = intent.crash_class != CrashClass::opaque && intent.crash_class != CrashClass::marked;
  return {.cause = Cause::timeout,
          .message = fmt::format("stage '{}' did not end within {}", stage.name, format_duration(limit)),
          .retryable = safe};
}

// An undo has inputs of its own, and they may make it another class than what it takes back.
CrashClass class_of(const RunStep& step, const Ask& ask, bool back) {
  const bool own = back && step.approved.kind == Kind::task && step.provider->description.crash_class;
  return own ? step.provider->description.crash_class(ask.inputs.value_or(Value()))
             : step.approved.crash_class;
}

// Whether every stage before this one only prepared.
bool only_prepared(const Change& change, std::size_t stage) {
  return std::all_of(change.stages.begin(), change.stages.begin() + static_cast<std::ptrdiff_t>(stage),
                     [](const Stage& each) { return each.kind == StageKind::prepare; });
}

} // namespace

struct StageJobs::Attempt {
  StageId id;
  RunStep& step;
  RunTarget& target;
  const Change& change;
  const Stage& stage;
  Connection& connection;
  std::stop_token stop;
  Intent intent;
  StageRef ref;
  bool begun = false; // an intent is durable

  [[nodiscard]] ReadAccess read(const Ports& ports) const {
    return {*step.provider, connection, ports, inputs(), stop};
  }
  [[nodiscard]] std::vector<Value> inputs() const {
    return intent.ask.inputs ? std::vector<Value>{*intent.ask.inputs} : std::vector<Value>{};
  }
};

std::string idempotency_key(const std::string& run, const StageRef& ref) {
  const std::string stage = ref.back ? fmt::format("back.{}.{}", ref.round, ref.stage) : ref.stage;
  // Lengths keep "a", "bc" apart from "ab", "c".
  const std::string text = fmt::format("{}:{}{}:{}{}:{}{}:{}", run.size(), run, ref.step.size(), ref.step,
                                       ref.target.size(), ref.target, stage.size(), stage);
  return to_base32(sha256(text).view());
}

Intent StageJobs::intent_of(const StageId& id) const {
  const RunStep& step = deployment_.steps.at(id.at.step);
  const RunTarget& target = step.targets.at(id.at.target);
  const Change& change = id.back ? target.back : target.change;
  const std::string& stage = change.stages.at(id.stage).name;
  const bool goes_on = !id.back && target.adopted && target.adopted->stage == stage;
  Intent intent = goes_on ? *target.adopted : Intent{};
  intent.run = deployment_.run;
  intent.step = step.approved.id;
  intent.target = target.target.name;
  intent.stage = stage;
  intent.attempt = id.attempt + (goes_on ? target.adopted->attempt : 0);
  intent.ask = id.back ? target.back_ask : target.ask;
  intent.crash_class = class_of(step, intent.ask, id.back);
  intent.change = change;
  intent.started_at = format_time(environment_.ports.clock.wall());
  return intent;
}

Result<StageJobs::Attempt> StageJobs::begin(const StageId& id, const std::stop_token& stop) const {
  RunStep& step = deployment_.steps.at(id.at.step);
  RunTarget& target = step.targets.at(id.at.target);
  const Change& change = id.back ? target.back : target.change;
  DEPLOYCTL_TRY(Connection * connection,
                deployment_.request.connections.get(*step.provider, step.approved.instance, stop));
  Attempt attempt{id, step, target, change, change.stages.at(id.stage), *connection, stop, intent_of(id), {}};
  attempt.ref = ref_of(attempt.intent, static_cast<int>(id.stage), id.back, id.round);
  attempt.intent.key = idempotency_key(deployment_.run, attempt.ref);
  return attempt;
}

StageDone StageJobs::run(const RunStage& job, const std::stop_token& stop, const std::atomic<bool>& late) {
  auto attempt = begin(job.id, stop);
  if (!attempt) return {.id = job.id, .error = attempt.error(), .begun = false};
  if (auto same = as_seen(*attempt); !same)
    return {
        .id = job.id, .error = same.error(), .begun = false, .stale = same.error().cause == Cause::conflict};
  const Result<Value> outputs = apply(*attempt);
  if (outputs) return succeeded(*attempt, *outputs);
  const bool stopped_late = late && outputs.error().cause == Cause::cancelled;
  return failed(*attempt,
                stopped_late ? too_late(attempt->intent, attempt->stage, job.limit) : outputs.error());
}

// Before a target is touched it is looked at again: since its step's turn people, or a long wait between
// waves, may have changed it. In the first wave the turn itself has just looked.
Status StageJobs::as_seen(const Attempt& attempt) const {
  const StageId& id = attempt.id;
  const auto* resource = verbs<Resource>(*attempt.step.provider);
  const bool just_seen = attempt.target.wave == 0 && id.stage == 0;
  if (!resource || id.back || id.attempt > 1 || just_seen || attempt.target.fingerprint.empty() ||
      attempt.stage.kind == StageKind::prepare || !only_prepared(attempt.change, id.stage))
    return {};
  ReadAccess access = attempt.read(environment_.ports);
  auto seen = resource->observe(access.session(), std::span(&attempt.intent.ask, 1));
  if (seen.size() != 1) return fail(Cause::internal, "one observation was asked for");
  if (!seen.front()) return fail(std::move(seen.front()).error());
  if (fingerprint_of(*seen.front()) == attempt.target.fingerprint) return {};
  const Value& before = attempt.step.now.targets.at(id.at.target).facts;
  const std::string what = state_difference(state_in(before), state_in(seen.front()->facts));
  return fail(Cause::conflict,
              "it was changed since its step was planned" + (what.empty() ? "" : ": " + what),
              "make a new plan");
}

Result<Value> StageJobs::apply(Attempt& attempt) {
  // Secrets first: when one cannot be had, nothing was begun.
  Change change = attempt.change;
  Intent intent = attempt.intent;
  DEPLOYCTL_TRY(change.desired, environment_.resolver.resolve(change.desired, attempt.stop));
  if (attempt.step.approved.kind == Kind::artifact && intent.ask.inputs) {
    DEPLOYCTL_TRY(intent.ask.inputs, environment_.resolver.resolve(*intent.ask.inputs, attempt.stop));
  }
  DEPLOYCTL_CHECK(journal_.intent({attempt.ref, attempt.intent.key, attempt.intent.crash_class,
                                   attempt.intent.ask, attempt.change, attempt.intent.started_at}));
  attempt.begun = true;
  if (attempt.id.back) attempt.target.went_back = true;
  GuardedPorts guard(environment_.ports, attempt.step.provider->description, SessionMode::write,
                     attempt.inputs());
  JournalEffects effects(journal_, attempt.ref, attempt.intent, attempt.target);
  OutputLines lines(environment_.events, attempt.ref.step, attempt.ref.target);
  WriteSession session{attempt.connection, guard.ports(), effects, lines, attempt.stop};
  return apply_stage(*attempt.step.provider, session, change, attempt.stage, intent);
}

StageDone StageJobs::succeeded(const Attempt& attempt, const Value& outputs, bool was_found) {
  // What cannot be written is true all the same; the journal says that it is broken.
  (void)journal_.outcome({attempt.ref, outputs, std::nullopt, false, was_found});
  if (attempt.id.back) return {.id = attempt.id};
  attempt.target.acted = attempt.target.acted || attempt.stage.kind != StageKind::prepare;
  if (!outputs.is_null()) attempt.target.outputs = outputs;
  return {.id = attempt.id};
}

// A cancelled attempt gets no outcome: what happened is found out when the run goes on.
StageDone StageJobs::failed(const Attempt& attempt, const Error& error) {
  if (!attempt.begun || error.cause == Cause::cancelled)
    return {.id = attempt.id, .error = error, .begun = attempt.begun};
  const Confirmation there = looked_at_again(attempt, error);
  if (error.cause == Cause::network && there.state == Confirmation::State::done)
    return adopted(attempt, error, there.outputs);
  const Error known = diagnosed(attempt, error);
  const bool untouched = is_plain_task(attempt) && there.state == Confirmation::State::not_done;
  (void)journal_.outcome({attempt.ref, {}, record_of(known), untouched, false});
  return {.id = attempt.id, .error = known, .untouched = untouched};
}

Error StageJobs::diagnosed(const Attempt& attempt, const Error& error) const {
  ReadAccess access = attempt.read(environment_.ports);
  const Diagnosis diagnosis = diagnose(*attempt.step.provider, access.session(), {attempt.intent, error});
  Error known = error;
  known.cause = diagnosis.cause;
  if (!diagnosis.summary.empty()) known.message = diagnosis.summary;
  if (!diagnosis.evidence.empty()) known.evidence = diagnosis.evidence;
  return known;
}

// A task without undo data: only its own check can say that it did nothing.
bool StageJobs::is_plain_task(const Attempt& attempt) {
  return !attempt.id.back && attempt.id.stage == 0 && attempt.step.approved.kind == Kind::task;
}

// Whoever was lost on the way may have done it all the same.
Confirmation StageJobs::looked_at_again(const Attempt& attempt, const Error& error) const {
  const bool was_lost = error.cause == Cause::network && attempt.intent.crash_class != CrashClass::observe;
  if (!was_lost && !is_plain_task(attempt)) return {.state = Confirmation::State::unknown};
  ReadAccess access = attempt.read(environment_.ports);
  return confirm(*attempt.step.provider, access.session(), attempt.intent);
}

StageDone StageJobs::adopted(const Attempt& attempt, const Error& error, const Value& outputs) {
  const std::string where =
      attempt.ref.target.empty() ? attempt.ref.step : attempt.ref.step + " on " + attempt.ref.target;
  environment_.events.emit(
      {.type = "recovered",
       .message = fmt::format("{}: {} had been done: {}", where, attempt.ref.stage, error.message),
       .step = attempt.ref.step,
       .target = attempt.ref.target,
       .fields = Value::Map{{"stage", attempt.ref.stage}, {"resolution", "had been done"}}});
  return succeeded(attempt, outputs, true);
}

ReadyPolled StageJobs::poll(const StageId& id, const std::stop_token& stop) {
  const auto attempt = begin(id, stop);
  if (!attempt) return {id, {Readiness::State::waiting, attempt.error().message, {}}, {}};
  ReadAccess access = attempt->read(environment_.ports);
  Readiness now = ready(*attempt->step.provider, access.session(), attempt->change, attempt->stage);
  if (now.state != Readiness::State::failed) return {id, std::move(now), {}};
  return {id, now, diagnosed(*attempt, never_ready(now))};
}

} // namespace deployctl::engine
