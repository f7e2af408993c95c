// A bounded number of seeds of the simulator; tests/long/run plays many more.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/rehearsal/aim.hpp"
#include "engine/rehearsal/simulation.hpp"

using namespace deployctl::engine::rehearsal;

namespace {

constexpr std::uint64_t seeds_in_ci = 1'000;
constexpr std::uint64_t portions = 20;         // which CI plays one after the other, commit by commit
constexpr std::uint64_t tries_of_a_cell = 200; // most need one

std::string told(const Played& played) {
  std::string text;
  for (const Violation& each : played.violations)
    text += std::string(to_text(each.check)) + ": " + each.detail + "\n";
  return text;
}

std::vector<std::string> texts(const std::vector<Cell>& cells) {
  std::vector<std::string> all;
  for (const Cell& cell : cells) all.push_back(to_text(cell));
  return all;
}

std::uint64_t first_seed() {
  const char* portion = std::getenv("SIMULATED_PORTION");
  return 1 + seeds_in_ci * (portion ? std::stoull(portion) % portions : 0);
}

// The first seed from `first` on that breaks an invariant; 0 when none of `count` does.
std::uint64_t found_by(const Simulator& simulator, std::uint64_t first, std::uint64_t count) {
  for (std::uint64_t seed = first; seed < first + count; ++seed)
    if (simulator.play(make_scenario(seed)).failed()) return seed;
  return 0;
}

} // namespace

TEST_CASE("simulator: a seed replays exactly") {
  const Simulator simulator;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    const Scenario scenario = make_scenario(seed);
    CHECK(simulator.play(scenario, true).trace == simulator.play(scenario, true).trace);
  }
}

TEST_CASE("simulator: every invariant holds, whatever goes wrong") {
  const Simulator simulator;
  std::map<int, int> exits;
  const std::uint64_t first = first_seed();
  for (std::uint64_t seed = first; seed < first + seeds_in_ci; ++seed) {
    const Played played = simulator.play(make_scenario(seed));
    for (const int code : played.exit_codes) ++exits[code];
    INFO("seed " << seed << "\n" << told(played));
    CHECK_FALSE(played.failed());
  }
  for (const int code : {0, 1, 6, 7, 8, 9, 130}) { // the seeds do reach them
    INFO("exit " << code);
    CHECK(exits[code] > 0);
  }
}

TEST_CASE("simulator: no cell of the coverage table stays empty, and every invariant holds in all of them") {
  const Simulator simulator;
  const std::vector<Cell> cells = Coverage::cells();
  const std::vector<std::string> none;
  Coverage coverage;
  for (std::uint64_t seed = 0; seed < tries_of_a_cell * cells.size(); ++seed) {
    const Cell& cell = cells[seed % cells.size()];
    if (coverage.seen(cell)) continue;
    const Played played = simulator.play(aimed_scenario(cell, seed));
    coverage.add(played.coverage);
    INFO(to_text(cell) << ", seed " << seed << "\n" << told(played));
    CHECK_FALSE(played.failed());
  }
  CHECK(texts(coverage.holes()) == none);
  CHECK(texts(coverage.surprises()) == none); // argued impossible, and seen
}

TEST_CASE("simulator: planted bugs are found") {
  const BugInfo bug = GENERATE(from_range(bug_table.begin() + 1, bug_table.end()));
  INFO(bug.name);
  const Simulator simulator(bug.bug);
  const std::uint64_t seed = found_by(simulator, 1, 20'000);
  REQUIRE(seed != 0);
  const Scenario scenario = make_scenario(seed);
  const Scenario small = shrunk(simulator, scenario);
  CHECK(simulator.play(small).failed());
  CHECK(small.faults.size() <= scenario.faults.size());
  CHECK_FALSE(Simulator().play(small).failed()); // it is the bug that was found
}

TEST_CASE("simulator: every invariant is described") {
  std::ifstream file("docs/invariants.md");
  std::stringstream text;
  text << file.rdbuf();
  for (const CheckInfo& each : check_table) {
    INFO(each.name);
    CHECK(text.str().find("| `" + std::string(each.name) + "` |") != std::string::npos);
  }
  for (const BugInfo& each : bug_table) {
    INFO(each.name);
    CHECK(
        (each.bug == Bug::none || text.str().find("`" + std::string(each.name) + "`") != std::string::npos));
  }
}
