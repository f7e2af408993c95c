#include "base/crypto.hpp"
#include "base/json.hpp"
#include "simulated/shapes.hpp"

namespace deployctl::simulated {
namespace {

Confirmation by_key(World& world, const std::string& action, const Intent& intent) {
  const Call call = call_of(action, intent);
  if (intent.crash_class == CrashClass::opaque || world.takes(Act::unknowable, call))
    return {.state = Confirmation::State::unknown, .detail = "the simulated target cannot say"};
  auto outputs = world.outputs_of(intent.key);
  if (!outputs) return {.state = Confirmation::State::not_done};
  return {.state = Confirmation::State::done, .outputs = *std::move(outputs)};
}

class SimulatedTask final : public Task {
public:
  explicit SimulatedTask(std::shared_ptr<World> world) : world_(std::move(world)) {}

  Result<Change> plan(const Ask& ask) const override {
    Change change{.action = Action::run, .summary = text_of(*ask.inputs, "command")};
    change.stages = {{.name = "run", .on_cancel = OnCancel::kill}};
    change.undoable = Undoable::no;
    change.undoable_why = "what it did is not known";
    change.desired = *ask.inputs;
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage&,
                      const Intent& intent) const override {
    session.output.line(Stream::out, "running " + change.summary);
    return world_->act(call_of("sim.opaque", intent), session.stop, [&](auto&) {
      const Value* value = change.desired.find("value");
      return std::pair(std::string("run"),
                       Value(Value::Map{{"answer", value ? *value : Value(change.summary)}}));
    });
  }

  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    return by_key(*world_, "sim.opaque", intent);
  }

private:
  std::shared_ptr<World> world_;
};

class SimulatedArtifact final : public Artifact {
public:
  explicit SimulatedArtifact(std::shared_ptr<World> world) : world_(std::move(world)) {}

  std::string identity(const Ask& ask) const override {
    return name_of(ask) + ":src-" + sha256_hex(to_json(*ask.inputs)).substr(0, 12);
  }

  Result<std::optional<Value>> find(ReadSession&, const Ask& ask) const override {
    const auto found = world_->read("sim.artifact/" + identity(ask));
    return found ? std::optional(found->managed) : std::nullopt;
  }

  Result<Value> make(WriteSession& session, const Ask& ask, const Intent& intent) const override {
    session.output.line(Stream::out, "building " + identity(ask));
    return world_->act(
        call_of("sim.artifact", intent), session.stop, [&](std::map<std::string, Thing>& things) {
          const std::string tag = identity(ask);
          Value outputs = Value::Map{{"ref", name_of(ask) + "@sha256:" + sha256_hex(tag)}, {"tag", tag}};
          things["sim.artifact/" + tag].managed = outputs;
          return std::pair(std::string("make"), std::move(outputs));
        });
  }

  Confirmation confirm(ReadSession&, const Intent& intent) const override {
    return by_key(*world_, "sim.artifact", intent);
  }

private:
  std::shared_ptr<World> world_;
};

} // namespace

Provider make_opaque(std::shared_ptr<World> world) {
  Provider provider;
  provider.description = {
      .name = "sim.opaque",
      .summary = "A simulated task of which nothing is known afterwards.",
      .kind = Kind::task,
      .fields =
          {{.name = "command", .help = "What the task would run.", .example = "migrate", .required = true},
           {.name = "value", .type = FieldType::any, .help = "What the task answers.", .example = "42"},
           {.name = "secret",
            .help = "A secret that the task is given.",
            .example = "${secrets.key}",
            .secret = SecretUse::value},
           crash_field()},
      .outputs = {{.name = "answer", .type = FieldType::any, .help = "What the task answered."}},
      .crash_class = crash_class_or(CrashClass::opaque)};
  provider.verbs = std::make_shared<const SimulatedTask>(std::move(world));
  return provider;
}

Provider make_artifact(std::shared_ptr<World> world) {
  Provider provider;
  provider.description = {.name = "sim.artifact",
                          .summary = "A simulated artifact, found by its source or made.",
                          .kind = Kind::artifact,
                          .fields = {name_field("Name of the artifact."),
                                     {.name = "source",
                                      .type = FieldType::any,
                                      .help = "What the artifact is made of.",
                                      .example = "v1"}},
                          .outputs = {{.name = "ref", .help = "The artifact's reference with its digest."},
                                      {.name = "tag", .help = "The name under which it is found again."}},
                          .crash_class = crash_class_or(CrashClass::marked)};
  provider.verbs = std::make_shared<const SimulatedArtifact>(std::move(world));
  return provider;
}

} // namespace deployctl::simulated
