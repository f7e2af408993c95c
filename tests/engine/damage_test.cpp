#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <thread>

#include "engine/dying_journal.hpp"
#include "engine/reindex.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Texts = std::vector<std::string>;

namespace {

void overwrite(const std::string& path, std::uint64_t at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file << bytes;
}

} // namespace

TEST_CASE("recovery: a torn last write is cut off and told") {
  StackRig rig;
  rig.add_single("db", "v1");
  REQUIRE_FALSE(apply_until(rig, 3, Death::behind));
  const std::string run = rig.cell().pending_run;
  const auto process = rig.process();
  const std::string path = process->state.journal_path(run);
  overwrite(path, state::read_journal(path)->end, std::string("\x20\x00\x00\x00 half of a record", 21));
  CHECK(rig.apply().exit_code == 0);
  const Texts told = rig.events.messages("recovered");
  CHECK(std::any_of(told.begin(), told.end(), [](const std::string& each) {
    return each.find("ends in a write that did not complete") != std::string::npos;
  }));
  CHECK(std::filesystem::exists(path + ".torn"));
}

TEST_CASE("recovery: damage in the middle is refused with the byte, what is known, and the way out") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  REQUIRE_FALSE(apply_until(rig, 9, Death::behind));
  const std::string run = rig.cell().pending_run;
  const auto process = rig.process();
  const std::string path = process->state.journal_path(run);
  const std::uint64_t end = state::read_journal(path)->end;
  overwrite(path, end * 3 / 4, "damage");
  const auto before = rig.world->log();
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 11);
  CHECK(ending.error->message.find("damaged at byte") != std::string::npos);
  CHECK(ending.error->help.find("deployctl abort " + run + " --keep") != std::string::npos);
  CHECK_FALSE(ending.world.empty()); // as far as it could be read
  CHECK(rig.world->log() == before);

  const auto refused = abort_pending(process->environment, rig.pipeline, rig.source, false, run);
  REQUIRE(refused);
  CHECK(refused->exit_code == 11); // what cannot be read cannot be taken back
  const auto let_go = abort_pending(process->environment, rig.pipeline, rig.source, true, run);
  REQUIRE(let_go);
  CHECK(let_go->exit_code == 9);
  CHECK(rig.cell().pending_run.empty());
  CHECK(std::filesystem::exists(path));
  CHECK(rig.apply().exit_code == 0);
}

TEST_CASE("lease: a run whose lock was taken away starts nothing more and says so in its journal") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  rig.world->add({.act = simulated::Act::hold, .step = "db"});
  const auto process = rig.process();
  Ending ending;
  {
    std::jthread run(
        [&] { ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {}); });
    REQUIRE(rig.world->wait_until_held());
    // As after a forced unlock on another machine that shares the folder.
    const auto stack = process->state.stack(rig.pipeline.stack()).value();
    REQUIRE(state::update_cell(stack.cell(), [](state::Cell& cell) -> Status {
      cell.holder->run = "01J0000000000000000000OTHR";
      ++cell.epoch;
      return {};
    }));
    rig.world->release();
  }
  CHECK(ending.exit_code == 9);
  CHECK(lines(ending) == Texts{"changed db"});
  REQUIRE(ending.error);
  CHECK(ending.error->message.find("01J0000000000000000000OTHR") != std::string::npos);
  CHECK(rig.world->log() == Texts{"db apply create"}); // neither web nor anything taken back
  const auto journal = state::read_journal(ending.journal);
  REQUIRE(journal);
  const auto lost = std::count_if(journal->records.begin(), journal->records.end(), [](const auto& each) {
    return each.type == state::RecordType::lease_lost;
  });
  CHECK(lost == 1);
  CHECK(rig.cell().pending_run == ending.run); // whoever holds the lock now goes on with it
}

TEST_CASE("reindex: the history made anew equals the one that was written") {
  StackRig rig;
  rig.add_single("db", "v1");
  REQUIRE(rig.apply().exit_code == 0);
  rig.set_value("db", "v2");
  rig.change("p2");
  REQUIRE(rig.apply().exit_code == 0);
  const auto process = rig.process();
  const auto back = rollback_plan(process->environment, rig.pipeline, rig.source, "");
  REQUIRE(back);
  REQUIRE(apply_rollback(process->environment, *back, rig.source, {}).exit_code == 0);
  rig.set_value("db", "v3");
  rig.change("p3");
  rig.world->add({.act = simulated::Act::fail_before, .step = "db"});
  REQUIRE(rig.apply().exit_code != 0);
  REQUIRE_FALSE(apply_until(rig, 2, Death::behind)); // one that is not over

  auto fresh = state::History::open(rig.folder.path() + "/fresh.db");
  REQUIRE(fresh);
  const auto made = reindex(process->state, *fresh);
  REQUIRE(made);
  CHECK(made->problems.empty());
  CHECK(made->releases == 3);
  CHECK(made->runs == 5);
  const std::string stack = rig.pipeline.stack();
  const auto old_lines = process->history.releases(stack, 100).value();
  const auto new_lines = fresh->releases(stack, 100).value();
  REQUIRE(new_lines.size() == old_lines.size());
  for (std::size_t i = 0; i < old_lines.size(); ++i) {
    CHECK(new_lines[i].id == old_lines[i].id);
    CHECK(new_lines[i].quarantined == old_lines[i].quarantined);
    CHECK(new_lines[i].quarantine_reason == old_lines[i].quarantine_reason);
    const auto before = process->history.release(old_lines[i].id).value();
    const auto after = fresh->release(new_lines[i].id).value();
    REQUIRE((before && after));
    CHECK(to_json(state::to_value(*after)) == to_json(state::to_value(*before)));
  }
  const auto old_runs = process->history.runs(stack, 100).value();
  const auto new_runs = fresh->runs(stack, 100).value();
  REQUIRE(new_runs.size() == old_runs.size());
  for (std::size_t i = 0; i < old_runs.size(); ++i) {
    CHECK(new_runs[i].id == old_runs[i].id);
    CHECK(new_runs[i].started_at == old_runs[i].started_at);
    CHECK(new_runs[i].ended_at == old_runs[i].ended_at);
    CHECK(new_runs[i].exit_code == old_runs[i].exit_code);
    CHECK(new_runs[i].outcome == old_runs[i].outcome);
    CHECK(new_runs[i].operation == old_runs[i].operation);
    CHECK(new_runs[i].journal == old_runs[i].journal);
    CHECK(to_json(new_runs[i].summary) == to_json(old_runs[i].summary));
  }
}
