#include <catch2/catch.hpp>

#include "engine/dying_journal.hpp"

using namespace deployctl;
using namespace deployctl::engine;

namespace {

// The name of the database is, of all things, a secret; the service is told it.
void fill(StackRig& rig) {
  rig.add("db", "sim.single", Value::Map{{"name", "database"}, {"value", "v1"}});
  rig.add_single("web", "", {"db"}).inputs["value"] = Unknown{"db", "id", "${steps.db.id}"};
}

std::unique_ptr<Process> process_with_secret(StackRig& rig) {
  auto process = rig.process();
  REQUIRE(process->redactions.add(Secret::reference("name").resolved_with("sim.single/database")) ==
          Maskable::anywhere);
  return process;
}

// Dies as soon as `db` is done and its outputs are in the journal.
void die_behind_db(StackRig& rig) {
  for (int append = 2; append < 12; ++append) {
    StackRig probe;
    fill(probe);
    std::atomic<int> left = append;
    const auto process = process_with_secret(probe);
    process->environment.open_journal = wrapped_journals(
        [&left](auto file) { return std::make_unique<DyingFile>(std::move(file), left, Death::behind); });
    CHECK_THROWS_AS(apply(process->environment, probe.pipeline, probe.source, std::nullopt, {}), Died);
    const auto journal = state::read_journal(process->state.journal_path(probe.cell().pending_run)).value();
    if (journal.records.back().type != state::RecordType::step_done) continue;
    left = append;
    const auto here = process_with_secret(rig);
    here->environment.open_journal = process->environment.open_journal;
    CHECK_THROWS_AS(apply(here->environment, rig.pipeline, rig.source, std::nullopt, {}), Died);
    return;
  }
  FAIL("db was never done");
}

} // namespace

TEST_CASE("recovery: an output that is masked in the journal is read again from its provider") {
  StackRig rig;
  fill(rig);
  die_behind_db(rig);
  const auto process = process_with_secret(rig);
  const Ending ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {});
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "sim.single/database");
}

TEST_CASE(
    "recovery: a masked output that nobody can tell any more needs a person: 11, and no mask goes live") {
  StackRig rig;
  fill(rig);
  die_behind_db(rig);
  rig.world->add({.act = simulated::Act::unknowable, .step = "db", .target = "", .stage = "", .times = 0});
  const auto process = process_with_secret(rig);
  const Ending ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {});
  CHECK(ending.exit_code == 11);
  REQUIRE(ending.error);
  CHECK(ending.error->message.find("held a secret") != std::string::npos);
  CHECK_FALSE(rig.world->thing("sim.single/web"));
}
