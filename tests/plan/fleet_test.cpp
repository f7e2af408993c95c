#include <catch2/catch.hpp>

#include "plan/fleet.hpp"
#include "plan/staleness.hpp"

using namespace deployctl;
using namespace deployctl::plan;

namespace {

PlannedTarget host(const std::string& name, const HostState& state, Action action = Action::update) {
  PlannedTarget target{.target = {.name = name, .host = Host{.name = name}}};
  target.change.action = action;
  target.facts = Value::Map{};
  add_state(target.facts, state);
  return target;
}

const HostState old_release{
    .now = "1.0", .since = "2026-03-01T10:00:00.000Z", .observed_at = "2026-03-02T00:00:00.000Z"};

} // namespace

TEST_CASE("fleet: names that run are written as a run") {
  CHECK(host_names({}).empty());
  CHECK(host_names({"web-1", "web-2"}) == "web-1, web-2");
  CHECK(host_names({"web-01", "web-02", "web-03", "web-04", "db"}) == "web-01..04, db");
  CHECK(host_names({"web-8", "web-9", "web-10", "web-11"}) == "web-8..11");
  CHECK(host_names({"app-1.example.com", "app-2.example.com", "app-3.example.com"}) ==
        "app-1..3.example.com");
  CHECK(host_names({"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.1.1"}) == "10.0.0.1..3, 10.0.1.1");
  CHECK(host_names({"a1b1", "a2b2", "a3b3"}) == "a1b1, a2b2, a3b3");
  CHECK(host_names({"web-3", "web-2", "web-1"}) == "web-3, web-2, web-1");
  CHECK(host_names({"n99999999999999999999999", "n1", "n2"}) == "n99999999999999999999999, n1, n2");
}

TEST_CASE("fleet: hosts that stand alike share a row, and those that do not keep their own") {
  HostState later = old_release;
  later.since = "2026-03-01T10:00:40.000Z"; // the same minute
  HostState sick = old_release;
  sick.condition = "unit is failed";
  PlannedStep step;
  step.targets = {host("web-1", old_release), host("web-2", later), host("web-3", old_release),
                  host("web-4", sick), host("web-5", old_release, Action::none)};
  step.waves = {{3}, {0}, {1, 2}};
  CHECK(has_states(step));
  CHECK(fleet_of(step).size() == 5);
  const auto rows = collapsed(fleet_of(step));
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].hosts == std::vector<std::string>{"web-1", "web-2", "web-3"});
  CHECK(rows[0].waves == std::vector<std::size_t>{2, 3});
  CHECK(rows[1].hosts == std::vector<std::string>{"web-4"});
  CHECK(rows[1].waves == std::vector<std::size_t>{1});
  CHECK(rows[2].waves.empty());
}

TEST_CASE("fleet: only a host that would change is blocked") {
  HostState full = old_release;
  full.blocked = {"too little room", "another architecture"};
  Content content;
  content.steps.resize(1);
  content.steps[0].id = "web";
  content.steps[0].targets = {host("web-1", full), host("web-2", full, Action::none),
                              host("web-3", old_release)};
  const auto blocked = blocked_targets(content);
  REQUIRE(blocked.size() == 2);
  CHECK(blocked[0].host == "web-1");
  CHECK(blocked[1].why == "another architecture");
}

TEST_CASE("fleet: a plan that went stale names who changed the host") {
  Plan approved, now;
  approved.content.steps.resize(1);
  approved.content.steps[0].id = "web";
  approved.content.steps[0].targets = {host("web-3", old_release)};
  approved.content.steps[0].targets[0].fingerprint = "a";
  now = approved;
  HostState changed = old_release;
  changed.now = "1.1";
  changed.since = "2026-03-02T08:00:00.000Z";
  changed.changed_by = "run 01RUN";
  now.content.steps[0].targets = {host("web-3", changed)};
  now.content.steps[0].targets[0].fingerprint = "b";
  const auto stale = differences_since(approved, now);
  REQUIRE(stale.size() == 1);
  CHECK(to_text(stale.front()) == "web on web-3 was changed since the plan was made (1.0 -> 1.1 by run 01RUN "
                                  "at 2026-03-02T08:00:00.000Z)");
}
