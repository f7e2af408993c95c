#include <array>

#include "base/crypto.hpp"
#include "base/field_diff.hpp"
#include "base/json.hpp"
#include "simulated/catalog.hpp"
#include "simulated/shapes.hpp"

namespace deployctl::simulated {
namespace {

constexpr std::array<std::pair<std::string_view, CrashClass>, 5> classes = {{
    {"observe", CrashClass::observe},
    {"declarative", CrashClass::declarative},
    {"keyed", CrashClass::keyed},
    {"marked", CrashClass::marked},
    {"opaque", CrashClass::opaque},
}};

std::string text_of(const Value& map, std::string_view key) {
  const Value* found = map.find(key);
  return found && found->text() ? *found->text() : "";
}

double number_of(const Value* value, double otherwise) {
  if (!value) return otherwise;
  if (const auto* integer = value->get<std::int64_t>()) return static_cast<double>(*integer);
  const auto* number = value->get<double>();
  return number ? *number : otherwise;
}

std::string name_of(const Ask& ask) {
  const Value& inputs = ask.inputs ? *ask.inputs : ask.recorded;
  return text_of(inputs, "name");
}

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

class SimulatedData final : public Data {
public:
  explicit SimulatedData(std::shared_ptr<World> world) : world_(std::move(world)) {}

  Result<Value> read(ReadSession&, const Ask& ask) const override {
    DEPLOYCTL_TRY(Value value, world_->data(name_of(ask)));
    return Value(Value::Map{{"value", std::move(value)}});
  }

private:
  std::shared_ptr<World> world_;
};

class SimulatedGate final : public Gate {
public:
  explicit SimulatedGate(std::shared_ptr<World> world) : world_(std::move(world)) {}

  Sample sample(ReadSession& session, const Ask& ask) const override {
    Sample sample{.taken_at = std::to_string(session.ports.clock.boot().count())};
    const Call call{.action = "sim.gate", .step = ask.step};
    if (world_->takes(Act::unobservable, call))
      sample.error = Error{.cause = Cause::network, .message = "the simulated source does not answer"};
    else
      sample.data = world_->next_sample(name_of(ask));
    return sample;
  }

  Verdict judge(const Ask& ask, std::span<const Sample> samples) const override {
    if (samples.empty()) return {.detail = "no sample yet"};
    const Sample& last = samples.back();
    if (last.error) return {.state = Verdict::State::error, .detail = last.error->message};
    if (last.data.is_null()) return {.detail = "no data"};
    const double most = number_of(ask.inputs->find("max"), 0);
    const double measured = number_of(&last.data, 0);
    const std::string evidence = to_json(last.data) + ", allowed at most " + to_json(Value(most));
    return {.state = measured <= most ? Verdict::State::pass : Verdict::State::fail,
            .detail = evidence,
            .evidence = {evidence}};
  }

  ReadyRule rule(const Ask& ask) const override {
    const bool patient = number_of(ask.inputs->find("samples"), 1) > 1;
    return {.within = Milliseconds(patient ? 60'000 : 10'000),
            .interval = Milliseconds(1'000),
            .consecutive = static_cast<int>(number_of(ask.inputs->find("samples"), 1))};
  }

private:
  std::shared_ptr<World> world_;
};

class SimulatedNotice final : public Notice {
public:
  explicit SimulatedNotice(std::shared_ptr<World> world) : world_(std::move(world)) {}

  Status send(WriteSession&, const Ask& ask, const Event& event) const override {
    const Call call{.action = "sim.notice", .step = ask.step};
    if (world_->takes(Act::fail_before, call))
      return fail(Cause::network, "the simulated service does not answer");
    world_->send(call, name_of(ask) + ": " + event.type);
    return {};
  }

private:
  std::shared_ptr<World> world_;
};

Field name_field(std::string help) {
  return {.name = "name", .help = std::move(help), .example = "web", .required = true, .identity = true};
}

} // namespace

Field crash_field() {
  Field field{.name = "crash",
              .type = FieldType::choice,
              .help = "What recovery may assume about an unfinished effect.",
              .example = "keyed",
              .managed = false};
  for (const auto& [name, crash_class] : classes) field.choices.emplace_back(name);
  return field;
}

CrashClass chosen_class(const Value& inputs, CrashClass otherwise) {
  const std::string chosen = text_of(inputs, "crash");
  for (const auto& [name, crash_class] : classes)
    if (name == chosen) return crash_class;
  return otherwise;
}

std::function<CrashClass(const Value&)> crash_class_or(CrashClass otherwise) {
  return [otherwise](const Value& inputs) { return chosen_class(inputs, otherwise); };
}

Call call_of(const std::string& action, const Intent& intent) {
  return {.action = action,
          .step = intent.step,
          .target = intent.target,
          .stage = intent.stage,
          .key = intent.key,
          .attempt = intent.attempt,
          .crash_class = intent.crash_class};
}

std::string thing_name(const std::string& action, const Ask& ask) {
  return action + "/" + name_of(ask) + (ask.target.host ? "@" + ask.target.host->name : "");
}

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

Provider make_data(std::shared_ptr<World> world) {
  Provider provider;
  provider.description = {
      .name = "sim.data",
      .summary = "Reads a value of the simulated world.",
      .kind = Kind::data,
      .fields = {name_field("Name of the value.")},
      .outputs = {{.name = "value", .type = FieldType::any, .help = "The value that was read."}},
      .crash_class = crash_class_or(CrashClass::observe)};
  provider.verbs = std::make_shared<const SimulatedData>(std::move(world));
  return provider;
}

Provider make_gate(std::shared_ptr<World> world) {
  Provider provider;
  provider.description = {.name = "sim.gate",
                          .summary = "Judges samples of the simulated world.",
                          .kind = Kind::gate,
                          .fields = {name_field("Name of what is measured."),
                                     {.name = "max",
                                      .type = FieldType::number,
                                      .help = "The largest sample that passes.",
                                      .example = "5",
                                      .fallback = 0},
                                     {.name = "samples",
                                      .type = FieldType::integer,
                                      .help = "How many passing samples in a row are asked for.",
                                      .example = "3",
                                      .fallback = 1,
                                      .least = 1,
                                      .most = 100}},
                          .crash_class = crash_class_or(CrashClass::observe)};
  provider.verbs = std::make_shared<const SimulatedGate>(std::move(world));
  return provider;
}

Provider make_notice(std::shared_ptr<World> world) {
  Provider provider;
  provider.description = {.name = "sim.notice",
                          .summary = "Sends a message into the simulated world.",
                          .kind = Kind::notice,
                          .fields = {name_field("Name of the receiver.")},
                          .crash_class = crash_class_or(CrashClass::keyed)};
  provider.verbs = std::make_shared<const SimulatedNotice>(std::move(world));
  return provider;
}

} // namespace deployctl::simulated
