#include "engine/rehearsal/stand_in.hpp"

#include <utility>

#include <fmt/core.h>

namespace deployctl::engine::rehearsal {

namespace {

// One thing per step and target.
std::string key_of(const std::string& step, const std::string& target) {
  return step + "\n" + target;
}

Value simulated_outputs(const Description& description, const std::string& step) {
  Value::Map outputs;
  for (const Output& output : description.outputs)
    outputs.emplace(output.name, fmt::format("simulated-{}-{}", step, output.name));
  return outputs;
}

std::vector<FieldChange> fields_of(const Value& before, const Value& after) {
  std::vector<FieldChange> fields;
  if (const auto* wanted = after.map())
    for (const auto& [name, value] : *wanted) {
      const Value* was = before.find(name);
      if (!was || *was != value) fields.push_back({name, was ? *was : Value(), value});
    }
  return fields;
}

class StandInResource final : public Resource {
public:
  StandInResource(Description description, std::shared_ptr<StandInWorld> world)
      : description_(std::move(description)), world_(std::move(world)) {}

  std::vector<Result<Observation>> observe(ReadSession&, std::span<const Ask> asks) const override {
    std::vector<Result<Observation>> found;
    for (const Ask& ask : asks) {
      Value there = world_->at(key_of(ask.step, ask.target.name));
      const bool exists = !there.is_null();
      found.emplace_back(Observation{.exists = exists, .managed = std::move(there)});
    }
    return found;
  }

  Result<Change> plan(const Ask& ask, const Observation& there, const Strategy& strategy) const override {
    const Value wanted = ask.inputs.value_or(Value());
    if (wanted == there.managed) return Change{};
    Change change{.action = !there.exists ? Action::create : Action::update,
                  .summary = "simulated",
                  .fields = fields_of(there.managed, wanted),
                  .desired = wanted};
    if (wanted.is_null()) change.action = Action::remove;
    change.stages = stages_of(strategy);
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override {
    if (stage.kind == StageKind::prepare) return Value();
    const std::string key = key_of(intent.step, intent.target);
    DEPLOYCTL_CHECK(session.effects.undo(world_->at(key)));
    if (stage.name != "take back") DEPLOYCTL_CHECK(world_->may_do(intent));
    world_->put(key, change.desired);
    if (stage.name != "take back") world_->done(intent);
    return simulated_outputs(description_, intent.step);
  }

  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    const bool done = world_->at(key_of(intent.step, intent.target)) == intent.change.desired;
    return {.state = done ? Confirmation::State::done : Confirmation::State::not_done,
            .outputs = done ? simulated_outputs(description_, intent.step) : Value()};
  }

  Result<Change> revert(const Undo& undo, const Observation& there) const override {
    if (undo.data == there.managed) return Change{};
    return Change{.action = undo.data.is_null() ? Action::remove : Action::update,
                  .stages = {Stage{.name = "take back"}},
                  .desired = undo.data};
  }

  Value outputs(const Ask& ask, const Observation&) const override {
    return simulated_outputs(description_, ask.step);
  }

private:
  static std::vector<Stage> stages_of(const Strategy& strategy) {
    std::vector<Stage> stages{{.name = "prepare", .kind = StageKind::prepare}};
    if (strategy.kind != StrategyKind::canary || strategy.weights.empty()) {
      stages.push_back({.name = "apply"});
      return stages;
    }
    for (const int weight : strategy.weights)
      stages.push_back({.name = fmt::format("weight {}%", weight),
                        .kind = StageKind::shift,
                        .weight = weight,
                        .gate_after = weight < 100});
    return stages;
  }

  Description description_;
  std::shared_ptr<StandInWorld> world_;
};

class StandInTask final : public Task {
public:
  StandInTask(Description description, std::shared_ptr<StandInWorld> world)
      : description_(std::move(description)), world_(std::move(world)) {}

  Result<Change> plan(const Ask& ask) const override {
    return Change{.action = Action::run,
                  .summary = "simulated",
                  .stages = {{.name = "run"}},
                  .desired = ask.inputs.value_or(Value())};
  }
  Result<Value> apply(WriteSession&, const Change&, const Stage&, const Intent& intent) const override {
    DEPLOYCTL_CHECK(world_->may_do(intent));
    world_->put(key_of(intent.step, intent.target), Value(intent.key));
    world_->done(intent);
    return simulated_outputs(description_, intent.step);
  }
  // What cannot be asked in the world cannot be asked here.
  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    if (intent.crash_class == CrashClass::opaque)
      return {.detail = description_.name + " without a check cannot say whether it ran"};
    const bool done = world_->at(key_of(intent.step, intent.target)) == Value(intent.key);
    return {.state = done ? Confirmation::State::done : Confirmation::State::not_done,
            .outputs = done ? simulated_outputs(description_, intent.step) : Value()};
  }

private:
  Description description_;
  std::shared_ptr<StandInWorld> world_;
};

class StandInArtifact final : public Artifact {
public:
  StandInArtifact(Description description, std::shared_ptr<StandInWorld> world)
      : description_(std::move(description)), world_(std::move(world)) {}

  std::string identity(const Ask& ask) const override { return ask.step; }
  Result<std::optional<Value>> find(ReadSession&, const Ask& ask) const override {
    const bool made = !world_->at(key_of(ask.step, "")).is_null();
    return made ? std::optional(simulated_outputs(description_, ask.step)) : std::nullopt;
  }
  Result<Value> make(WriteSession&, const Ask& ask, const Intent& intent) const override {
    DEPLOYCTL_CHECK(world_->may_do(intent));
    world_->put(key_of(ask.step, ""), Value(true));
    world_->done(intent);
    return simulated_outputs(description_, ask.step);
  }
  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    const bool made = !world_->at(key_of(intent.step, "")).is_null();
    return {.state = made ? Confirmation::State::done : Confirmation::State::not_done,
            .outputs = made ? simulated_outputs(description_, intent.step) : Value()};
  }

private:
  Description description_;
  std::shared_ptr<StandInWorld> world_;
};

class StandInData final : public Data {
public:
  explicit StandInData(Description description) : description_(std::move(description)) {}
  Result<Value> read(ReadSession&, const Ask& ask) const override {
    return simulated_outputs(description_, ask.step);
  }

private:
  Description description_;
};

class StandInGate final : public Gate {
public:
  explicit StandInGate(std::shared_ptr<StandInWorld> world) : world_(std::move(world)) {}
  Sample sample(ReadSession&, const Ask&) const override { return {}; }
  Verdict judge(const Ask& ask, std::span<const Sample>) const override {
    if (world_->fails(ask.step)) return {Verdict::State::fail, "fails, as rehearsed", {}};
    return {Verdict::State::pass, "simulated", {}};
  }
  ReadyRule rule(const Ask&) const override { return {}; }

private:
  std::shared_ptr<StandInWorld> world_;
};

class StandInNotice final : public Notice {
public:
  Status send(WriteSession&, const Ask&, const Event&) const override { return {}; }
};

Verbs verbs_of(const Description& description, const std::shared_ptr<StandInWorld>& world) {
  switch (description.kind) {
  case Kind::task:
    return std::make_shared<const StandInTask>(description, world);
  case Kind::artifact:
    return std::make_shared<const StandInArtifact>(description, world);
  case Kind::data:
    return std::make_shared<const StandInData>(description);
  case Kind::gate:
    return std::make_shared<const StandInGate>(world);
  case Kind::notice:
    return std::make_shared<const StandInNotice>();
  case Kind::resource:
    break;
  }
  return std::make_shared<const StandInResource>(description, world);
}

} // namespace

Catalog stand_ins(const Catalog& real, const std::shared_ptr<StandInWorld>& world) {
  Catalog catalog;
  for (const Provider& provider : real)
    catalog.push_back({.description = provider.description, .verbs = verbs_of(provider.description, world)});
  return catalog;
}

} // namespace deployctl::engine::rehearsal
