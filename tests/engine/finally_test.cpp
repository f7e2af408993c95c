// What steps of `finally` know: each other's outputs, and those of steps that were never reached.
#include <catch2/catch.hpp>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;

namespace {

struct Reports : StackRig {
  config::Step& report(const std::string& id, Value command, std::vector<std::string> needs = {}) {
    config::Step step;
    step.id = id;
    step.action = "sim.opaque";
    step.kind = Kind::task;
    step.instance = "sim";
    step.needs = std::move(needs);
    step.inputs = Value::Map{{"command", "collect"}, {"value", std::move(command)}};
    return pipeline.finally.emplace_back(std::move(step));
  }

  Value answer_of(const Ending& ending, const std::string& step) {
    const auto journal = state::read_journal(ending.journal).value();
    for (const state::Record& record : journal.records)
      if (record.type == state::RecordType::step_done && *record.payload.find("step") == Value(step))
        return *record.payload.find_path("outputs.answer");
    return {};
  }
};

Value reference(const std::string& step, const std::string& output, const std::string& filter = "") {
  return Value(Unknown{step, output, "${steps." + step + "." + output + filter + "}"});
}

} // namespace

TEST_CASE("finally: steps use each other's outputs, in the order of their needs") {
  Reports rig;
  rig.add_single("web", "v1");
  rig.report("send", reference("collect", "answer"), {"collect"});
  rig.report("collect", "forty lines");
  const Ending ending = rig.apply();
  REQUIRE(ending.exit_code == 0);
  CHECK(rig.answer_of(ending, "finally:send") == Value("forty lines"));
}

TEST_CASE("finally: a step that was never reached gives its default, or what the live release recorded") {
  Reports rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  rig.report("say", reference("web", "value", " | default('nothing')"));
  SECTION("never reached, never live") {
    rig.world->add({.act = simulated::Act::fail_before, .step = "db"});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 1);
    CHECK(rig.answer_of(ending, "finally:say") == Value("nothing"));
  }
  SECTION("never reached, live before") {
    REQUIRE(rig.apply().exit_code == 0);
    rig.change("p2");
    rig.set_value("db", "v2");
    rig.set_value("web", "v2");
    rig.world->add({.act = simulated::Act::fail_before, .step = "db"});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 1);
    CHECK(rig.answer_of(ending, "finally:say") == Value("v1"));
  }
}
