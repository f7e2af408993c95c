#include "base/field_diff.hpp"
#include "simulated/catalog.hpp"
#include "simulated/shapes.hpp"
#include "simulated/thing.hpp"

namespace deployctl::simulated {
namespace {

// What a world says that no rule gave other words.
const Error no_answer{
    .cause = Cause::network, .message = "the simulated target does not answer", .retryable = true};
const Error crashing{
    .cause = Cause::crash_loop, .message = "restarted 3 times", .evidence = {"panic: simulated"}};
const Error unready{.cause = Cause::probe_failing, .message = "status 503, wanted 200"};

class SimulatedResource final : public Resource {
public:
  SimulatedResource(std::shared_ptr<World> world, ResourceShape shape)
      : world_(std::move(world)), shape_(std::move(shape)), fields_(resource_fields(shape_)) {}

  std::vector<Result<Observation>> observe(ReadSession&, std::span<const Ask> asks) const override {
    std::vector<Result<Observation>> answers;
    answers.reserve(asks.size());
    for (const Ask& ask : asks) answers.push_back(observe_one(ask));
    return answers;
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy& strategy) const override {
    Change change;
    change.basis = basis(ask, seen);
    if (!ask.inputs) return seen.exists ? removal(std::move(change), ask) : change;
    const Value wanted = with_defaults(fields_, *ask.inputs);
    FieldDiff diff = diff_fields(fields_, seen.exists ? seen.managed : Value(), wanted);
    const Value* progress = seen.facts.find("progress");
    if (seen.exists && progress && *progress != Value(100))
      diff.fields.push_back({.path = "progress", .before = *progress, .after = 100});
    change.desired = wanted;
    if (seen.exists && (diff.empty() || diff.annotations_only)) return change;
    change.action = !seen.exists ? Action::create : diff.replaces ? Action::replace : Action::update;
    change.fields = std::move(diff.fields);
    change.stages = shape_.stages(wanted, strategy);
    change.summary = shape_.name + "/" + name_of(ask);
    if (change.action == Action::replace) change.downtime = "the old one is gone before the new one is there";
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    if (has_unresolved(change.desired)) return fail(Cause::internal, "apply was given an unresolved value");
    if (stage.kind == StageKind::act || stage.kind == StageKind::shift)
      DEPLOYCTL_CHECK(session.effects.undo(change.basis));
    if (shape_.remote_id) DEPLOYCTL_CHECK(session.effects.remote_id("operation-" + intent.key));
    session.output.line(Stream::out, "simulated " + stage.name);
    const std::string name = thing_name(shape_.name, intent.ask);
    return world_->act(call_of(shape_.name, intent), session.stop, [&](std::map<std::string, Thing>& things) {
      std::string what = take_effect(things, name, change, stage);
      const auto left = things.find(name);
      return std::pair(std::move(what),
                       outputs_of(name, left == things.end() ? Value() : left->second.managed));
    });
  }

  Readiness ready(ReadSession&, const Change& change, const Stage& stage) const override {
    const Call call{.action = shape_.name,
                    .step = text(change.basis, "step"),
                    .target = text(change.basis, "target"),
                    .stage = stage.name};
    if (const auto error = world_->refusal(Act::crash_loop, call, crashing))
      return {.state = Readiness::State::failed, .detail = error->message, .evidence = error->evidence};
    if (const auto error = world_->refusal(Act::never_ready, call, unready))
      return {.state = Readiness::State::waiting, .detail = error->message, .evidence = error->evidence};
    return {};
  }

  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    const Call call = call_of(shape_.name, intent);
    const std::string id = intent.remote_ids.empty() ? "" : intent.remote_ids.back();
    if (world_->takes(Act::still_running, call))
      return {.state = Confirmation::State::in_progress, .detail = id};
    if (intent.crash_class == CrashClass::opaque || world_->takes(Act::unknowable, call))
      return {.state = Confirmation::State::unknown, .detail = "the simulated target cannot say"};
    auto outputs = world_->outputs_of(intent.key);
    if (!outputs) return {.state = Confirmation::State::not_done};
    return {.state = Confirmation::State::done, .outputs = *std::move(outputs)};
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    const Value* before = undo.data.find("before");
    if (!before) return fail(Cause::internal, "undo data without 'before'");
    Change change;
    change.basis = basis(undo.ask, seen);
    if (before->is_null()) return seen.exists ? removal(std::move(change), undo.ask) : change;
    if (seen.exists && seen.facts == *before) return change;
    change.action = seen.exists ? Action::update : Action::create;
    change.desired["restore"] = *before;
    change.stages = {
        {.name = "restore", .ready = shape_.on_hosts ? std::optional(ReadyRule{}) : std::nullopt}};
    return change;
  }

  Diagnosis diagnose(ReadSession&, const Failure& failure) const override {
    if (world_->takes(Act::undiagnosable, call_of(shape_.name, failure.intent)))
      return {.cause = Cause::internal, .summary = "nothing is known"};
    const bool crashed = failure.error.message.find("restarted") != std::string::npos;
    return {.cause = crashed ? Cause::crash_loop : failure.error.cause,
            .summary = failure.error.message,
            .evidence = failure.error.evidence};
  }

  Value outputs(const Ask& ask, const Observation& seen) const override {
    const Value* managed = seen.facts.find("managed");
    return outputs_of(thing_name(shape_.name, ask), managed ? *managed : Value());
  }

private:
  static std::string text(const Value& map, std::string_view key) {
    const Value* found = map.find(key);
    return found && found->text() ? *found->text() : "";
  }

  static Value outputs_of(const std::string& name, const Value& managed) {
    const Value* value = managed.find("value");
    return Value::Map{{"id", name}, {"value", value ? *value : Value()}};
  }

  static Value basis(const Ask& ask, const Observation& seen) {
    return Value::Map{
        {"step", ask.step}, {"target", ask.target.name}, {"before", seen.exists ? seen.facts : Value()}};
  }

  Result<Change> removal(Change change, const Ask& ask) const {
    change.action = Action::remove;
    change.summary = shape_.name + "/" + name_of(ask);
    change.stages = {{.name = "remove"}};
    return change;
  }

  Result<Observation> observe_one(const Ask& ask) const {
    const Call call{.action = shape_.name, .step = ask.step, .target = ask.target.name};
    if (auto error = world_->refusal(Act::unobservable, call, no_answer)) return fail(*std::move(error));
    const auto thing = world_->read(thing_name(shape_.name, ask));
    if (!thing) return Observation{};
    Observation seen{.exists = true, .healthy = thing->healthy, .facts = to_value(*thing)};
    seen.managed = ask.inputs ? managed_part(fields_, thing->managed, with_defaults(fields_, *ask.inputs))
                              : thing->managed;
    return seen;
  }

  std::string take_effect(std::map<std::string, Thing>& things, const std::string& name, const Change& change,
                          const Stage& stage) const {
    if (change.action == Action::remove) {
      things.erase(name);
      return "remove";
    }
    if (const Value* before = change.desired.find("restore")) {
      things[name] = to_thing(*before);
      return "restore";
    }
    if (stage.kind == StageKind::finish) return "finish";
    if (stage.kind == StageKind::prepare) return "prepare"; // like an upload: nothing anyone can see
    Thing& thing = things[name];
    thing.progress = percent_after(change, stage);
    if (thing.progress < 100) {
      put_inputs(thing.staged, change.desired, fields_);
      return "shift";
    }
    if (change.action == Action::replace) thing.managed = {};
    put_inputs(thing.managed, change.desired, fields_);
    thing.staged = {};
    thing.healthy = true;
    return stage.kind == StageKind::shift ? "shift" : change.action == Action::create ? "create" : "update";
  }

  std::shared_ptr<World> world_;
  ResourceShape shape_;
  std::vector<Field> fields_;
};

} // namespace

Provider make_resource(std::shared_ptr<World> world, ResourceShape shape) {
  Provider provider;
  provider.description = {
      .name = shape.name,
      .summary = shape.summary,
      .kind = Kind::resource,
      .fields = resource_fields(shape),
      .outputs = {{.name = "id", .help = "Name of the thing in the simulated world."},
                  {.name = "value", .type = FieldType::any, .help = "The value it holds."}},
      .strategies = shape.strategies,
      .on_hosts = shape.on_hosts,
      .crash_class = crash_class_or(shape.crash_class)};
  provider.verbs = std::make_shared<const SimulatedResource>(std::move(world), std::move(shape));
  return provider;
}

} // namespace deployctl::simulated
