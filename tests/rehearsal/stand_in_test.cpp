#include <catch2/catch.hpp>

#include "engine/rehearsal/machine.hpp"
#include "engine/rehearsal/stand_in.hpp"

using namespace deployctl;
using namespace deployctl::engine::rehearsal;

namespace {

Intent at(const std::string& step, const std::string& target) {
  return {.step = step, .target = target, .key = "key"};
}

} // namespace

TEST_CASE("stand-ins: a step fails on every target, with a seed on some, always the same") {
  const StandInWorld every({.fail = "api"});
  CHECK_FALSE(every.may_do(at("api", "app-1")));
  CHECK(every.may_do(at("web", "app-1")));
  int failed = 0;
  for (int i = 0; i < 40; ++i) {
    const StandInWorld some({.fail = "api", .seed = 7});
    const StandInWorld again({.fail = "api", .seed = 7});
    const Intent intent = at("api", "app-" + std::to_string(i));
    CHECK(some.may_do(intent).has_value() == again.may_do(intent).has_value());
    if (!some.may_do(intent)) ++failed;
  }
  CHECK(failed > 5);
  CHECK(failed < 35);
}

TEST_CASE("stand-ins: the process dies once") {
  StandInWorld world({.kill = "api"});
  world.done(at("web", ""));
  CHECK_THROWS_AS(world.done(at("api", "")), Killed);
  CHECK_NOTHROW(world.done(at("api", "")));
}

TEST_CASE("stand-ins: every kind keeps its description and needs no connection") {
  Catalog real;
  for (const Kind kind : {Kind::resource, Kind::task, Kind::artifact, Kind::data, Kind::gate, Kind::notice})
    real.push_back({.description = {.name = "real." + std::to_string(real.size()), .kind = kind}});
  const Catalog catalog = stand_ins(real, std::make_shared<StandInWorld>(Mishaps{}));
  REQUIRE(catalog.size() == real.size());
  for (std::size_t i = 0; i < real.size(); ++i) {
    CHECK(catalog[i].description.name == real[i].description.name);
    CHECK(catalog[i].verbs.index() == i);
    CHECK_FALSE(catalog[i].connect);
  }
}

TEST_CASE("a rehearsal's machine refuses every request, and its clock moves when it is told to") {
  Machine machine(std::chrono::system_clock::time_point{}, 1);
  const Ports ports = machine.ports();
  CHECK_FALSE(ports.http.send({}, {}));
  CHECK_FALSE(ports.processes.run({}, {}));
  CHECK_FALSE(ports.hosts.run({}, {}, {}));
  CHECK_FALSE(ports.files.read("deploy.yaml", 1));
  CHECK(ports.clock.boot().count() == 0);
  machine.skip_to(std::chrono::seconds(5));
  machine.skip_to(std::chrono::seconds(3));
  CHECK(ports.clock.boot() == std::chrono::seconds(5));
}
