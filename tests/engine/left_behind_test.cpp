#include <catch2/catch.hpp>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;

namespace {

// web is on app-1 and app-2, and then on app-1 only.
struct Left : StackRig {
  Left() {
    add_hosts("web", "v1", 2);
    REQUIRE(apply().exit_code == 0);
    step("web").hosts.pop_back();
    change("p2");
    set_value("web", "v2");
  }
};

} // namespace

TEST_CASE("apply: a host that a step has left stays as it is, recorded and listed, until it is pruned") {
  Left rig;
  REQUIRE(rig.apply().exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v2");
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
  const auto live = rig.live();
  REQUIRE(live);
  REQUIRE(live->step("web"));
  CHECK(live->step("web")->hosts.size() == 1);
  REQUIRE(live->step("web~old"));
  REQUIRE(live->step("web~old")->hosts.size() == 1);
  CHECK(live->step("web~old")->hosts.front().name == "app-2");

  const auto plan = rig.plan();
  REQUIRE(plan);
  CHECK_FALSE(plan->has_changes());
  rig.options.prune = true;
  REQUIRE(rig.apply().exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v2");
  CHECK_FALSE(rig.world->thing("sim.hosts/web@app-2"));
  CHECK_FALSE(rig.live()->step("web~old"));
}
