#include "ui/tty/run_model.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ui/event_fields.hpp"

namespace deployctl::ui::tty {
namespace {

StepModel& step_of(RunModel& model, const Event& event, Instant now) {
  const auto known = std::ranges::find(model.steps, event.step, &StepModel::id);
  if (known != model.steps.end()) return *known;
  // One of `finally`, or of an engine that did not announce it.
  model.steps.push_back({.id = event.step, .activity = {.since = now}});
  return model.steps.back();
}

TargetModel& target_of(StepModel& step, const std::string& name) {
  const auto known = std::ranges::find(step.targets, name, &TargetModel::name);
  if (known != step.targets.end()) return *known;
  step.targets.push_back({.name = name});
  return step.targets.back();
}

// What an earlier process of this run did to a target stays.
void set_waves(StepModel& step, const Value* waves) {
  if (!waves || !waves->list()) return;
  step.waves = waves->list()->size();
  for (std::size_t wave = 0; wave < step.waves; ++wave) {
    const Value::List* names = (*waves->list())[wave].list();
    if (!names) continue;
    for (const Value& name : *names)
      if (name.text()) target_of(step, *name.text()).wave = wave;
  }
}

void plan_started(RunModel& model, const Event& event, Instant now) {
  model.awaited = {.what = event.message, .since = now};
}

void nothing_awaited(RunModel& model, const Event&, Instant) {
  model.awaited = {};
}

void lock_waiting(RunModel& model, const Event& event, Instant now) {
  model.awaited = {.what = event.message, .since = now, .limit = duration_field(event.fields, "limit_ms")};
}

void run_started(RunModel& model, const Event& event, Instant now) {
  model.awaited = {};
  model.is_running = true;
  model.since = now;
  model.stack = text_field(event.fields, "stack");
  model.operation = text_field(event.fields, "operation");
  model.usual = duration_field(event.fields, "usual_ms");
  const Value* steps = event.fields.find("steps");
  if (!steps || !steps->list()) return;
  for (const Value& entry : *steps->list()) {
    StepModel step{.id = text_field(entry, "step"),
                   .needs = names_field(entry, "needs"),
                   .usual = duration_field(entry, "usual_ms")};
    set_waves(step, entry.find("waves"));
    model.steps.push_back(std::move(step));
  }
}

void step_started(RunModel& model, const Event& event, Instant now) {
  StepModel& step = step_of(model, event, now);
  step.standing = Standing::working;
  step.activity = {.since = now};
  set_waves(step, event.fields.find("waves"));
}

// "failed: health check failed" behind the word "failed" says it once.
std::string reason_of(const Event& event) {
  constexpr std::string_view prefix = "failed: ";
  return event.message.starts_with(prefix) ? event.message.substr(prefix.size()) : event.message;
}

void step_finished(RunModel& model, const Event& event, Instant now) {
  constexpr std::array<std::pair<std::string_view, Standing>, 4> results = {
      {{"changed", Standing::changed},
       {"unchanged", Standing::unchanged},
       {"failed", Standing::failed},
       {"stopped", Standing::stopped}}};
  StepModel& step = step_of(model, event, now);
  const std::string result = text_field(event.fields, "result");
  for (const auto& [name, standing] : results)
    if (name == result) step.standing = standing;
  // One that found nothing to do never began.
  if (step.activity.since > Instant{0}) step.took = now - step.activity.since;
  step.activity.what.clear();
  if (step.standing == Standing::failed) step.why = reason_of(event);
}

void stage_started(RunModel& model, const Event& event, Instant now) {
  StepModel& step = step_of(model, event, now);
  TargetModel& target = target_of(step, event.target);
  const bool back = flag_field(event.fields, "back");
  target.standing = back ? Standing::going_back : Standing::working;
  target.activity = {.what = text_field(event.fields, "stage"),
                     .since = now,
                     .limit = duration_field(event.fields, "limit_ms")};
  target.begun = target.begun || !flag_field(event.fields, "prepare");
  step.activity.what.clear();
  if (back) step.standing = Standing::going_back;
}

void stage_progress(RunModel& model, const Event& event, Instant now) {
  Activity& activity = target_of(step_of(model, event, now), event.target).activity;
  const std::string what = text_field(event.fields, "what");
  if (!activity.transfer || activity.transfer->what() != what)
    activity.transfer.emplace(what.empty() ? "transfer" : what, now);
  activity.transfer->report(count_field(event.fields, "done"), count_field(event.fields, "total"), now);
}

Standing after_stage(const Event& event) {
  const bool good = flag_field(event.fields, "ok");
  const bool back = flag_field(event.fields, "back");
  if (flag_field(event.fields, "behind")) return Standing::behind;
  if (!good) return Standing::failed;
  // Without a stage it is the last word about taking it back.
  if (back) return event.fields.find("stage") ? Standing::going_back : Standing::reverted;
  if (flag_field(event.fields, "until_ready")) return Standing::waiting;
  return flag_field(event.fields, "last") ? Standing::changed : Standing::pending;
}

void stage_finished(RunModel& model, const Event& event, Instant now) {
  StepModel& step = step_of(model, event, now);
  TargetModel& target = target_of(step, event.target);
  target.standing = after_stage(event);
  target.activity.transfer.reset();
  if (target.standing == Standing::waiting) {
    target.activity = {
        .what = "until it is ready", .since = now, .limit = duration_field(event.fields, "ready_within_ms")};
  } else if (target.standing == Standing::failed || target.standing == Standing::pending) {
    target.activity = {.detail = event.message};
  } else if (is_over(target.standing)) {
    target.activity = {};
  }
  if (target.standing == Standing::reverted && std::ranges::all_of(step.targets, [](const TargetModel& each) {
        return each.standing != Standing::going_back && each.standing != Standing::changed;
      }))
    step.standing = Standing::reverted;
}

void waiting(RunModel& model, const Event& event, Instant now) {
  if (event.step.empty()) return;
  StepModel& step = step_of(model, event, now);
  if (event.fields.find("until_ready")) {
    TargetModel& target = target_of(step, event.target);
    target.activity.what = event.message;
    if (!flag_field(event.fields, "ready")) return;
    target.standing = flag_field(event.fields, "last") ? Standing::changed : Standing::pending;
    target.activity = {};
    return;
  }
  const std::string before = std::exchange(step.activity.what, event.message);
  if (before != event.message) step.activity.limit = duration_field(event.fields, "limit_ms");
}

void gate_judged(RunModel& model, const Event& event, Instant now) {
  step_of(model, event, now).activity.what.clear();
}

void leave_out_the_rest(RunModel& model) {
  for (StepModel& step : model.steps) {
    if (step.standing == Standing::pending) step.standing = Standing::left_out;
    for (TargetModel& target : step.targets)
      if (target.standing == Standing::pending && !target.begun) target.standing = Standing::left_out;
  }
}

void rollback_started(RunModel& model, const Event&, Instant) {
  model.goes_back = true;
  leave_out_the_rest(model);
}

// What somebody asked for says how to go on; that the engine heeds it says less.
void interrupted(RunModel& model, const Event& event, Instant) {
  if (model.interrupted.empty() || flag_field(event.fields, "asked")) model.interrupted = event.message;
  leave_out_the_rest(model);
}

void ended(RunModel& model, const Event&, Instant) {
  model = {};
}

using Reduce = void (*)(RunModel&, const Event&, Instant);

constexpr std::array<std::pair<std::string_view, Reduce>, 15> reducers = {{
    {"plan_started", plan_started},
    {"plan_summary", nothing_awaited},
    {"lock_waiting", lock_waiting},
    {"lock_acquired", nothing_awaited},
    {"run_started", run_started},
    {"step_started", step_started},
    {"step_finished", step_finished},
    {"stage_started", stage_started},
    {"stage_progress", stage_progress},
    {"stage_finished", stage_finished},
    {"waiting", waiting},
    {"gate_judged", gate_judged},
    {"rollback_started", rollback_started},
    {"signal", interrupted},
    {"summary", ended},
}};

} // namespace

bool is_over(Standing standing) {
  return standing != Standing::pending && standing != Standing::left_out && standing != Standing::working &&
         standing != Standing::waiting && standing != Standing::going_back;
}

void RunModel::apply(const Event& event, Instant now) {
  const auto entry = std::ranges::find(reducers, event.type, &std::pair<std::string_view, Reduce>::first);
  if (entry != reducers.end()) entry->second(*this, event, now);
}

} // namespace deployctl::ui::tty
