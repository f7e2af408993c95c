#include "engine/planner_step.hpp"

#include <algorithm>

#include "base/field_diff.hpp"
#include "engine/planner_change.hpp"
#include "engine/planner_memory.hpp"
#include "engine/unreachable.hpp"

namespace deployctl::engine {
namespace {

bool is_known(const StepMaterial& context) {
  return context.inputs.unknown.empty();
}

Ask look(const StepMaterial& context, const Target& target) {
  return {.step = context.step->id,
          .inputs = is_known(context) ? context.inputs.asked : context.inputs.looked_at,
          .target = target,
          .recorded = context.live ? context.live->inputs : Value(),
          .release = {}};
}

plan::PlannedStep new_step(const StepMaterial& context) {
  plan::PlannedStep planned;
  planned.id = context.step->id;
  planned.action = context.step->action;
  planned.kind = context.provider ? context.provider->description.kind : Kind::gate;
  planned.instance = context.step->instance;
  planned.needs = context.step->needs;
  planned.inputs = context.inputs.written;
  for (const UnknownField& field : context.inputs.unknown) planned.unknown.push_back(field.unknown);
  if (context.provider && context.provider->description.crash_class)
    planned.crash_class = context.provider->description.crash_class(context.inputs.asked);
  if (context.step->irreversible) {
    planned.irreversible = context.step->irreversible->why;
    planned.older_code_works = context.step->irreversible->older_code_works;
  }
  return planned;
}

plan::PlannedStep deferred(plan::PlannedStep planned) {
  planned.status = plan::StepStatus::deferred;
  planned.why = "planned after " + planned.unknown.front().step;
  return planned;
}

// What a single step of each kind comes to.
class KindPlanner {
public:
  KindPlanner(const PlanRequest& request, const StepMaterial& context,
              std::span<const Result<Reading>> readings)
      : request_(request), context_(context), readings_(readings) {}

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Resource>& resource) const {
    plan::PlannedStep planned = new_step(context_);
    if (!context_.inputs.identity_known) return deferred(std::move(planned));
    return plan_resource(*resource, context_, readings_, std::move(planned));
  }

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Task>& task) const {
    return plan_task(request_, *task, context_, new_step(context_));
  }

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Artifact>&) const {
    plan::PlannedStep planned = new_step(context_);
    if (context_.settled) return as_settled(std::move(planned), *context_.settled);
    const bool was_read = !readings_.empty();
    const bool found = was_read && readings_.front()->found;
    if (request_.operation == "rollback") return restored(std::move(planned), found);
    if (found && !request_.dirty) {
      planned.outputs = *readings_.front()->found;
      return planned;
    }
    planned.status = plan::StepStatus::run;
    planned.why = !was_read        ? "needs " + context_.inputs.unknown.front().unknown.step + " first"
                  : request_.dirty ? "the work tree has changes that are not committed"
                                   : "not made yet";
    planned.targets = {{.target = context_.targets.front(),
                        .change = run_change("make", context_.inputs.asked),
                        .fingerprint = {},
                        .facts = {}}};
    planned.waves = {{0}};
    return planned;
  }

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Data>&) const {
    plan::PlannedStep planned = new_step(context_);
    if (readings_.empty()) return deferred(std::move(planned));
    planned.outputs = readings_.front()->found.value_or(Value::Map());
    return planned;
  }

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Gate>&) const { return plan_gate(); }

  Result<plan::PlannedStep> operator()(const std::shared_ptr<const Notice>&) const {
    return fail(Cause::internal, "'" + context_.step->action + "' is a notice, not a step");
  }

  [[nodiscard]] plan::PlannedStep plan_gate() const {
    plan::PlannedStep planned = new_step(context_);
    planned.outputs = Value::Map();
    const bool judged = !context_.changed_need.empty();
    if (!judged) return planned;
    planned.status = plan::StepStatus::run;
    planned.why = "needs " + context_.changed_need + ", which changes";
    planned.targets = {{.target = context_.targets.front(),
                        .change = run_change("judge", context_.inputs.asked),
                        .fingerprint = {},
                        .facts = {}}};
    planned.waves = {{0}};
    return planned;
  }

private:
  // Going back makes nothing: what is not there any more cannot be gone back to.
  [[nodiscard]] Result<plan::PlannedStep> restored(plan::PlannedStep planned, bool found) const {
    if (!found)
      return fail(Cause::image_missing, "the artifact of '" + planned.id + "' is not there any more",
                  "'deployctl history " + request_.pipeline.environment +
                      " --check' says which releases can be restored");
    const auto recorded = request_.recorded.find(planned.id);
    planned.outputs = recorded == request_.recorded.end() ? *readings_.front()->found : recorded->second;
    return planned;
  }

  const PlanRequest& request_;
  const StepMaterial& context_;
  std::span<const Result<Reading>> readings_;
};

// Whether the strategy goes on without the targets that did not answer; one that did must be left.
bool bears(const Strategy& strategy, std::span<const Result<Reading>> readings) {
  if (!strategy.skip_unreachable) return false;
  const auto lost = [](const Result<Reading>& reading) {
    return !reading && (reading.error().cause == Cause::network || reading.error().cause == Cause::timeout);
  };
  const auto missing = std::ranges::count_if(readings, lost);
  const auto failed = std::ranges::count_if(readings, [](const auto& reading) { return !reading; });
  return missing == failed && missing <= *strategy.skip_unreachable && missing < std::ssize(readings);
}

// What an artifact is made from, where its action finds artifacts by that and the pipeline does not name it.
Status name_source(const PlanRequest& request, const Description& description, const config::Step& step,
                   Value& written) {
  const bool wants_it = description.kind == Kind::artifact && find_field(description.fields, "source");
  if (!wants_it || written.find("source")) return {};
  DEPLOYCTL_TRY(std::string hash, request.memory->sources(request.sources_hash, step.sources));
  if (!hash.empty()) written["source"] = std::move(hash);
  return {};
}

} // namespace

Result<StepMaterial> step_material(const PlanRequest& request, const config::Step& step,
                                   const config::Outputs& outputs) {
  StepMaterial context;
  context.step = &step;
  context.targets = {Target{}};
  if (step.action.empty()) return context;
  context.provider = find_provider(request.catalog, step.action);
  if (!context.provider) return fail(Cause::internal, "no provider has the action '" + step.action + "'");
  const Description& description = context.provider->description;
  if (const auto found = request.settled.find(step.id); found != request.settled.end())
    context.settled = &found->second;
  context.targets = targets_of(description, step);
  if (context.targets.empty()) return fail(Cause::internal, "the step '" + step.id + "' has no hosts");
  const auto located = [&](Error error) {
    return std::move(error).in("while planning '" + step.id + "'").at(step.span);
  };
  DEPLOYCTL_TRY(Value written, written_inputs(request, description, step, outputs).map_error(located));
  DEPLOYCTL_CHECK(name_source(request, description, step, written).map_error(located));
  const std::string identity = identity_text(description, step.id, written);
  context.live =
      request.memory->live_step(request.live, request.catalog,
                                {identity, step.id, step.instance,
                                 description.on_hosts ? std::span(step.hosts) : std::span<const Host>()});
  const bool owns = context.live && description.kind == Kind::resource;
  context.inputs = asked_inputs(description, std::move(written), owns ? context.live->inputs : Value());
  return context;
}

std::vector<Read> reads_of(const StepMaterial& context) {
  std::vector<Read> reads;
  if (!context.provider || context.settled) return reads;
  const Kind kind = context.provider->description.kind;
  const bool looks_up = kind == Kind::artifact || kind == Kind::data;
  if (kind == Kind::resource ? !context.inputs.identity_known : !looks_up || !is_known(context)) return reads;
  for (const Target& target : context.targets)
    reads.push_back({context.provider, context.step->instance, look(context, target)});
  return reads;
}

Result<plan::PlannedStep> planned_step(const PlanRequest& request, const StepMaterial& context,
                                       std::span<const Result<Reading>> readings) {
  const KindPlanner planner(request, context, readings);
  if (!context.provider) return planner.plan_gate();
  if (!bears(context.step->strategy, readings))
    DEPLOYCTL_CHECK(all_read(context.step->id, context.targets, readings).map_error([&](Error error) {
      return with_memory(std::move(error).at(context.step->span), request, context, readings);
    }));
  auto planned = std::visit(planner, context.provider->verbs);
  if (!planned)
    return fail(
        std::move(planned).error().in("while planning '" + context.step->id + "'").at(context.step->span));
  remember_unreachable(request, context, *planned);
  return planned;
}

bool changes_something(const plan::PlannedStep& step) {
  switch (step.status) {
  case plan::StepStatus::change:
  case plan::StepStatus::deferred:
    return true;
  case plan::StepStatus::run:
    return step.kind != Kind::task || step.crash_class != CrashClass::observe;
  case plan::StepStatus::unchanged:
  case plan::StepStatus::gone:
    break;
  }
  return false;
}

Status all_read(const std::string& step, std::span<const Target> targets,
                std::span<const Result<Reading>> readings) {
  std::optional<Error> first;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    if (readings[i]) continue;
    const std::string& name = targets[std::min(i, targets.size() - 1)].name;
    if (!first)
      first = Error(readings[i].error())
                  .in("while observing '" + step + "'" + (name.empty() ? "" : " on " + name));
    else
      first->evidence.push_back("also on " + name + ": " + readings[i].error().message);
  }
  if (first) return fail(*std::move(first));
  return {};
}

} // namespace deployctl::engine
