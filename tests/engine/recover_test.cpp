#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/dying_journal.hpp"
#include "engine/run_records.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Texts = std::vector<std::string>;

namespace {

// A migration that nothing can be asked about, and a service behind it.
void fill(StackRig& rig) {
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "upgrade"}}).kind = Kind::task;
  rig.add_single("web", "v1", {"migrate"});
}

// Dies behind the intent of the migration, before or behind its effect; the run's id.
std::string die_in_migration(StackRig& rig, bool behind_effect) {
  fill(rig);
  for (int append = 1; append < 12; ++append) {
    StackRig probe;
    fill(probe);
    if (apply_until(probe, append, Death::behind)) break;
    const bool begun = probe.apply().exit_code == 11;
    if (!begun) continue;
    // The same death here; behind the effect it is the outcome that does not reach the disk.
    REQUIRE_FALSE(
        apply_until(rig, behind_effect ? append + 1 : append, behind_effect ? Death::before : Death::behind));
    return rig.cell().pending_run;
  }
  throw std::logic_error("the migration was never begun");
}

Ending resume(StackRig& rig, const std::string& run, const std::vector<Assumption>& assumptions = {}) {
  const auto process = rig.process();
  return resume_run(process->environment, rig.pipeline, rig.source, run, assumptions, rig.options);
}

int times(const StackRig& rig, const std::string& step) {
  const auto effects = rig.world->effects();
  return static_cast<int>(
      std::count_if(effects.begin(), effects.end(), [&](const auto& each) { return each.step == step; }));
}

std::vector<DecisionRecord> decisions(StackRig& rig, const std::string& run) {
  const auto process = rig.process();
  const auto journal = state::read_journal(process->state.journal_path(run)).value();
  std::vector<DecisionRecord> found;
  for (const auto& record : journal.records)
    if (record.type == state::RecordType::decision)
      found.push_back({*record.payload.find("what")->text(), *record.payload.find("by")->text(),
                       *record.payload.find("why")->text()});
  return found;
}

} // namespace

TEST_CASE("recover: 'done' goes on behind the stage and is recorded with who said it") {
  StackRig rig;
  const std::string run = die_in_migration(rig, true);
  REQUIRE(times(rig, "migrate") == 1);
  const Ending ending = resume(rig, run, {{"migrate", "", Answer::done}});
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(ending.run == run);
  CHECK(times(rig, "migrate") == 1);
  CHECK(rig.value_of("sim.single/web") == "v1");
  const auto said = decisions(rig, run);
  REQUIRE(said.size() == 1);
  CHECK(said[0].what == "assume");
  CHECK(said[0].by == "ann@laptop");
  CHECK(said[0].why.find("migrate, stage ") == 0);
  CHECK(said[0].why.find(": done") != std::string::npos);
}

TEST_CASE("recover: 'not-done' and 'rerun' do it again") {
  for (const Answer answer : {Answer::not_done, Answer::rerun}) {
    StackRig rig;
    const std::string run = die_in_migration(rig, answer == Answer::rerun);
    const int before = times(rig, "migrate");
    CHECK(resume(rig, run, {{"migrate", "", answer}}).exit_code == 0);
    CHECK(times(rig, "migrate") == before + 1);
    CHECK(rig.cell().pending_run.empty());
  }
}

TEST_CASE("recover: without an assumption 11 lists each answer with its command, and changes nothing") {
  StackRig rig;
  const std::string run = die_in_migration(rig, true);
  const Ending ending = resume(rig, run);
  CHECK(ending.exit_code == 11);
  REQUIRE(ending.choices.size() == 1);
  const Value document = to_value(ending);
  const auto* commands = document.find("choices")->list()->front().find("commands")->list();
  REQUIRE(commands);
  CHECK(*commands->front().text() == "deployctl recover " + run + " --assume migrate=done");
  CHECK(commands->size() == 3);
  CHECK(ending.next_command == *commands->front().text());
  CHECK(times(rig, "migrate") == 1);
}

TEST_CASE("recover: an assumption about a stage that nobody asks about is refused, and none is recorded") {
  StackRig rig;
  const std::string run = die_in_migration(rig, true);
  const Ending ending = resume(rig, run, {{"migrate", "", Answer::done}, {"web", "", Answer::done}});
  CHECK(ending.exit_code == 3);
  CHECK(ending.error->message == "nothing has to be assumed about 'web'");
  CHECK(decisions(rig, run).empty());
  CHECK(resume(rig, run).exit_code == 11);
}

TEST_CASE("recover: what a person said outlives the next death") {
  StackRig rig;
  const std::string run = die_in_migration(rig, true);
  std::atomic<int> left = 1; // the decision is durable, the next intent is not
  {
    const auto process = rig.process();
    process->environment.open_journal = wrapped_journals(
        [&left](auto file) { return std::make_unique<DyingFile>(std::move(file), left, Death::behind); });
    CHECK_THROWS_AS(resume_run(process->environment, rig.pipeline, rig.source, run,
                               {{"migrate", "", Answer::done}}, rig.options),
                    Died);
  }
  CHECK(resume(rig, run).exit_code == 0);
  CHECK(times(rig, "migrate") == 1);
}

TEST_CASE("recover: answers are read from text, with the way it is written as help") {
  const auto plain = assumption_from("migrate=not-done");
  REQUIRE(plain);
  CHECK(plain->step == "migrate");
  CHECK(plain->target.empty());
  CHECK(plain->answer == Answer::not_done);
  const auto on_host = assumption_from("web/app-1=rerun");
  REQUIRE(on_host);
  CHECK(on_host->target == "app-1");
  for (const char* wrong : {"", "migrate", "=done", "migrate=perhaps"})
    CHECK(assumption_from(wrong).error().cause == Cause::config);
}

TEST_CASE("resume: nothing pending is nothing to do; unknown, replaced and finished runs are told apart") {
  StackRig rig;
  rig.add_single("db", "v1");
  CHECK(resume(rig, "").outcome == Outcome::nothing_to_do);
  CHECK(resume(rig, "01J0000000000000000000RUN1").exit_code == 3);
  const Ending done = rig.apply();
  REQUIRE(done.exit_code == 0);
  CHECK(resume(rig, done.run).outcome == Outcome::nothing_to_do);

  rig.set_value("db", "v2");
  rig.change("p2");
  REQUIRE_FALSE(apply_until(rig, 2, Death::behind)); // only an intent is durable
  const std::string idle = rig.cell().pending_run;
  rig.set_value("db", "v3");
  rig.change("p3");
  REQUIRE(rig.apply().exit_code == 0); // takes its place
  const Ending replaced = resume(rig, idle);
  CHECK(replaced.exit_code == 10);
  CHECK(replaced.error->message.find("was replaced") != std::string::npos);
}

TEST_CASE("resume: a run that was planned from another pipeline is stale, and stays pending") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  REQUIRE_FALSE(apply_until(rig, 5, Death::behind));
  const std::string run = rig.cell().pending_run;
  rig.change("p2");
  const Ending ending = resume(rig, run);
  CHECK(ending.exit_code == 7);
  CHECK(ending.error->help.find("deployctl abort " + run) != std::string::npos);
  CHECK(rig.cell().pending_run == run);
  rig.change("p1");
  CHECK(resume(rig, run).exit_code == 0);
}

TEST_CASE("abort: takes back what the run changed, or keeps it and says so with 9") {
  for (const bool keep : {false, true}) {
    StackRig rig;
    rig.add_single("db", "v1");
    rig.add_single("web", "v1", {"db"});
    REQUIRE_FALSE(apply_until(rig, 5, Death::behind));
    const std::string run = rig.cell().pending_run;
    const auto process = rig.process();
    const auto ending = abort_pending(process->environment, rig.pipeline, rig.source, keep, run);
    REQUIRE(ending);
    CHECK(ending->exit_code == (keep ? 9 : 8));
    CHECK(rig.world->things().empty() == !keep);
    CHECK(rig.cell().pending_run.empty());
    CHECK_FALSE(abort_pending(process->environment, rig.pipeline, rig.source, keep, run));
  }
}
