#include <catch2/catch.hpp>

#include <thread>

#include "simulated/catalog.hpp"

using namespace deployctl;
using namespace deployctl::simulated;

namespace {

class Recorder final : public Effects, public LineSink {
public:
  Status remote_id(std::string id) override { return ids.push_back(std::move(id)), Status(); }
  Status undo(Value data) override { return undos.push_back(std::move(data)), Status(); }
  void line(Stream, std::string_view) override {}

  std::vector<std::string> ids;
  std::vector<Value> undos;
};

struct Bench {
  Machine machine;
  std::shared_ptr<World> world = std::make_shared<World>(&machine.clock);
  Catalog catalog = make_catalog(world);
  Connection connection;
  Recorder recorder;

  const Resource& resource(std::string_view action) {
    return *std::get<std::shared_ptr<const Resource>>(find_provider(catalog, action)->verbs);
  }

  Change plan(std::string_view action, const Ask& ask, const Strategy& strategy = {}) {
    ReadSession session{connection, machine.ports(), {}};
    const auto seen = resource(action).observe(session, std::span(&ask, 1));
    return *resource(action).plan(ask, *seen.front(), strategy);
  }

  Result<Value> apply(std::string_view action, const Ask& ask, const Change& change,
                      CrashClass crash_class = CrashClass::declarative) {
    WriteSession session{connection, machine.ports(), recorder, recorder, {}};
    Result<Value> last;
    for (const Stage& stage : change.stages) {
      const Intent intent{.step = ask.step,
                          .target = ask.target.name,
                          .stage = stage.name,
                          .key = ask.step + ask.target.name + stage.name,
                          .crash_class = crash_class,
                          .ask = ask};
      last = resource(action).apply(session, change, stage, intent);
      if (!last) return last;
    }
    return last;
  }
};

Ask ask_for(Value::Map inputs) {
  return {.step = "web", .inputs = Value(std::move(inputs)), .target = {}, .release = "r1"};
}

} // namespace

TEST_CASE("simulated: a plan after its apply is empty") {
  Bench bench;
  const auto action = GENERATE("sim.single", "sim.weighted", "sim.native", "sim.subprocess");
  const Ask ask = ask_for({{"name", "web"}, {"value", "1"}, {"labels", Value::Map{{"tier", "front"}}}});
  const Change change = bench.plan(action, ask, {.weights = {5, 25, 100}});
  REQUIRE(change.action == Action::create);
  REQUIRE(bench.apply(action, ask, change));
  CHECK(bench.plan(action, ask).action == Action::none);
}

TEST_CASE("simulated: a change of the immutable region replaces, a note alone is nothing") {
  Bench bench;
  const Ask first = ask_for({{"name", "web"}, {"region", "east"}, {"note", "a"}});
  REQUIRE(bench.apply("sim.single", first, bench.plan("sim.single", first)));
  CHECK(bench.plan("sim.single", ask_for({{"name", "web"}, {"region", "west"}})).action == Action::replace);
  CHECK(bench.plan("sim.single", ask_for({{"name", "web"}, {"note", "b"}})).action == Action::none);
}

TEST_CASE("simulated: a revert brings back what was there") {
  Bench bench;
  const Ask first = ask_for({{"name", "web"}, {"value", "1"}});
  REQUIRE(bench.apply("sim.single", first, bench.plan("sim.single", first)));
  const auto before = bench.world->things();
  const Ask second = ask_for({{"name", "web"}, {"value", "2"}});
  REQUIRE(bench.apply("sim.single", second, bench.plan("sim.single", second)));
  REQUIRE(bench.world->things() != before);

  ReadSession session{bench.connection, bench.machine.ports(), {}};
  const auto seen = bench.resource("sim.single").observe(session, std::span(&second, 1));
  const Undo undo{.ask = second, .stage = "apply", .data = bench.recorder.undos.back()};
  const auto back = bench.resource("sim.single").revert(undo, *seen.front());
  REQUIRE(back);
  REQUIRE(bench.apply("sim.single", second, *back));
  CHECK(bench.world->things() == before);
}

TEST_CASE("simulated: the keyed class answers a second call without a second effect") {
  Bench bench;
  const Ask ask = ask_for({{"name", "web"}, {"value", "1"}});
  const Change change = bench.plan("sim.single", ask);
  const auto crash_class = GENERATE(CrashClass::keyed, CrashClass::marked);
  REQUIRE(bench.apply("sim.single", ask, change, crash_class));
  REQUIRE(bench.apply("sim.single", ask, change, crash_class));
  CHECK(bench.world->keys_done_twice().empty() == (crash_class == CrashClass::keyed));
}

TEST_CASE("simulated: a rule fails one effect, and a lost answer leaves its effect behind") {
  Bench bench;
  const Ask ask = ask_for({{"name", "web"}, {"value", "1"}});
  const Change change = bench.plan("sim.single", ask);
  bench.world->add({.act = Act::fail_before, .step = "web"});
  bench.world->add({.act = Act::lose_answer, .step = "web"});
  CHECK(bench.apply("sim.single", ask, change).error().cause == Cause::command_failed);
  CHECK(bench.world->effects().empty());
  CHECK(bench.apply("sim.single", ask, change).error().cause == Cause::network);
  CHECK(bench.world->log() == std::vector<std::string>{"web apply create"});
  CHECK(bench.apply("sim.single", ask, change));
}

TEST_CASE("simulated: a held effect goes on when released and ends when stopped") {
  Bench bench;
  bench.world->add({.act = Act::hold});
  std::stop_source stop;
  std::jthread other([&] {
    bench.world->wait_until_held();
    stop.request_stop();
  });
  const Call call{.action = "sim.single", .step = "web", .key = "k"};
  const auto result = bench.world->act(call, stop.get_token(), [](auto&) { return std::pair("x", Value()); });
  REQUIRE(!result);
  CHECK(result.error().cause == Cause::cancelled);
  CHECK(bench.world->effects().empty());
}

TEST_CASE("simulated: ten thousand things are observed, planned and applied at little cost") {
  Bench bench;
  for (int i = 0; i < 10'000; ++i) {
    const Ask ask = ask_for({{"name", "t" + std::to_string(i)}, {"value", "1"}});
    REQUIRE(bench.apply("sim.single", ask, bench.plan("sim.single", ask)));
  }
  CHECK(bench.world->effects().size() == 10'000);
}
