// Rules of an environment as a run meets them: allow, freeze, order, and steps that wait.
#include <catch2/catch.hpp>

#include "config/freeze.hpp"
#include "engine/approvals.hpp"
#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Catch::Matchers::Contains;

namespace {

config::FreezeWindow window(const std::string& from, const std::string& to) {
  return {.from = config::parse_freeze_moment(from).value(), .to = config::parse_freeze_moment(to).value()};
}

std::string message(const Ending& ending) {
  return ending.error ? ending.error->message : "";
}

// A release is live, and a second one is wanted.
struct RulesRig : StackRig {
  RulesRig() {
    add_single("db", "v1");
    add_hosts("web", "v1", 2, {"db"});
    REQUIRE(apply().exit_code == 0);
    change("p2");
    set_value("db", "v2");
    set_value("web", "v2");
  }

  // What this commit is to the live release's.
  void related(vcs::Kinship kinship) {
    source.kinship = [kinship](const std::string&) { return kinship; };
  }
};

} // namespace

TEST_CASE("rules: a source that is not allowed is refused with 6 before anything") {
  RulesRig rig;
  rig.pipeline.allow = config::Allow{.branches = {"release/*"}};
  const auto before = rig.world->effects().size();
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 6);
  CHECK(ending.outcome == Outcome::refused);
  CHECK_THAT(message(ending), Contains("this is branch 'main'"));
  CHECK(rig.world->effects().size() == before);
}

TEST_CASE("rules: a freeze refuses with 6, says until when, and gives way to a reason, which is recorded") {
  RulesRig rig; // it is Thursday 2026-01-01 00:00 in this world
  rig.pipeline.freeze = {window("wed 20:00", "thu 06:00")};
  const Ending frozen = rig.apply();
  CHECK(frozen.exit_code == 6);
  CHECK_THAT(message(frozen), Contains("frozen until 2026-01-01T06:00:00.000Z"));
  CHECK_THAT(frozen.error->help, Contains("--override-freeze"));
  rig.options.override_freeze = "the shop is down";
  CHECK(rig.apply().exit_code == 0);
  CHECK_FALSE(rig.events.messages("diagnostic").empty());
  CHECK(rig.live()->freeze_override == "the shop is down");
}

TEST_CASE("rules: a freeze that begins between two waves parks the run, and it goes on afterwards") {
  RulesRig rig;
  rig.step("web").strategy.pause = std::chrono::hours(2);
  rig.pipeline.freeze = {window("thu 01:00", "thu 06:00")};
  const Ending parked = rig.apply();
  CHECK(parked.exit_code == 6);
  CHECK(parked.outcome == Outcome::parked);
  CHECK_THAT(message(parked), Contains("frozen until"));
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v2");
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
  CHECK(rig.live()->number == 1);
  rig.machine.clock.advance(std::chrono::hours(6));
  const Ending resumed = rig.apply();
  INFO(message(resumed));
  CHECK(resumed.exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v2");
}

TEST_CASE("rules: a reason given at the start holds for every wave, also after a park") {
  RulesRig rig;
  rig.step("web").strategy.pause = std::chrono::hours(2);
  rig.pipeline.freeze = {window("thu 01:00", "thu 06:00")};
  rig.options.override_freeze = "hotfix";
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.live()->freeze_override == "hotfix");
}

TEST_CASE("rules: a freeze never blocks a rollback") {
  RulesRig rig;
  REQUIRE(rig.apply().exit_code == 0);
  rig.pipeline.freeze = {window("wed 20:00", "fri 06:00")};
  const auto process = rig.process();
  const auto rollback = rollback_plan(process->environment, rig.pipeline, rig.source, "");
  REQUIRE(rollback);
  const Ending ending = apply_rollback(process->environment, *rollback, rig.source, rig.options);
  INFO(message(ending));
  CHECK(ending.exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
}

TEST_CASE("rules: an ancestor of what is live is superseded, a descendant is not") {
  RulesRig rig;
  rig.related(vcs::Kinship::ancestor);
  const Ending older = rig.apply();
  CHECK(older.exit_code == 10);
  CHECK_THAT(message(older), Contains("is older than what is live: release 1"));
  rig.related(vcs::Kinship::descendant);
  CHECK(rig.apply().exit_code == 0);
}

TEST_CASE("rules: what cannot be compared is refused with the command that fetches it") {
  RulesRig rig;
  rig.related(vcs::Kinship::unknown);
  rig.source.shallow = true;
  const Ending unknown = rig.apply();
  CHECK(unknown.exit_code == 10);
  CHECK_THAT(unknown.error->help, Contains("git fetch --unshallow"));
  rig.source.committed_at = rig.machine.clock.wall() + std::chrono::hours(1);
  CHECK(rig.apply().exit_code == 0);
}

TEST_CASE("rules: a plan says what would refuse its apply") {
  RulesRig rig;
  rig.related(vcs::Kinship::ancestor);
  rig.pipeline.freeze = {window("wed 20:00", "thu 06:00")};
  REQUIRE(rig.plan());
  const auto warnings = rig.events.messages("diagnostic");
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], Contains("frozen until"));
  CHECK_THAT(warnings[1], Contains("older than what is live"));
}

TEST_CASE("rules: a step that waits for anybody parks when nobody is there, and goes on when somebody is") {
  RulesRig rig;
  rig.step("web").approval = config::ApprovalRule{};
  const Ending parked = rig.apply();
  CHECK(parked.exit_code == 6);
  CHECK(parked.outcome == Outcome::parked);
  CHECK_THAT(message(parked), Contains("step 'web' waits for approval"));
  CHECK(rig.value_of("sim.single/db") == "v2");
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v1");

  const auto process = rig.process();
  int asked = 0;
  process->environment.approve_step = [&](const plan::Plan&, const std::string& step,
                                          const std::stop_token&) {
    ++asked;
    CHECK(step == "web");
    return Approval{.granted = true, .by = "bob@desk", .how = "prompt"};
  };
  const Ending done = apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options);
  INFO(message(done));
  CHECK(done.exit_code == 0);
  CHECK(asked == 1);
  REQUIRE(rig.live()->approvals.size() == 2);
  CHECK(rig.live()->approvals[1].step == "web");
  CHECK(rig.live()->approvals[1].by == "bob@desk");
}

TEST_CASE("rules: an approval is told with who gave it and how") {
  CHECK(approval_words("ann@laptop", "prompt") == "approved by ann@laptop at the prompt");
  CHECK(approval_words("ann@laptop", "--yes") == "approved by ann@laptop with --yes");
  CHECK(approval_words("lead, ops", "signed") == "approved by lead, ops by signature");
  CHECK(approval_words("nobody", "rehearsal") == "approved by nobody (rehearsal)");
}

TEST_CASE("rules: a no to a step takes back what the run changed") {
  RulesRig rig;
  rig.step("web").approval = config::ApprovalRule{};
  const auto process = rig.process();
  process->environment.approve_step = [](const plan::Plan&, const std::string&, const std::stop_token&) {
    return Approval{.by = "bob@desk", .how = "prompt", .reason = "the answer was not an approval"};
  };
  const Ending ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options);
  CHECK(ending.exit_code == 8);
  CHECK(rig.value_of("sim.single/db") == "v1");
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v1");
}
