#include "base/json.hpp"
#include "simulated/shapes.hpp"

namespace deployctl::simulated {
namespace {

double number_of(const Value* value, double otherwise) {
  if (!value) return otherwise;
  if (const auto* integer = value->get<std::int64_t>()) return static_cast<double>(*integer);
  const auto* number = value->get<double>();
  return number ? *number : otherwise;
}

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

  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    const Call call{.action = "sim.notice", .step = ask.step};
    const auto acted =
        world_->act(call, session.stop, [](auto&) { return std::pair(std::string("send"), Value()); });
    if (!acted) return fail(acted.error());
    const Value* told = event.fields.find("name");
    const Value* before = event.fields.find_path("remote_ids.0");
    if (!before) DEPLOYCTL_CHECK(session.effects.remote_id(name_of(ask) + "-thread"));
    world_->send(call, name_of(ask) + ": " + (told ? *told->text() : event.type) + ": " +
                           text_of(ask, event) + (before ? " in " + *before->text() : ""));
    return {};
  }

private:
  static std::string text_of(const Ask& ask, const Event& event) {
    const Value* own = ask.inputs->find("text");
    return own && own->text() ? *own->text() : event.message;
  }

  std::shared_ptr<World> world_;
};

} // namespace

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
                          .fields = {name_field("Name of the receiver."),
                                     {.name = "text", .help = "What is said.", .example = "it is live"}},
                          .crash_class = crash_class_or(CrashClass::keyed)};
  provider.verbs = std::make_shared<const SimulatedNotice>(std::move(world));
  return provider;
}

} // namespace deployctl::simulated
