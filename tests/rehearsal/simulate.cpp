// Plays seeds of the simulator and says what was found.
//   simulate FIRST COUNT [BUG] [--aimed] [--trace] [--json] [--coverage]
// A seed that breaks an invariant is made smaller and told. Exit 1 when one did.
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "base/json.hpp"
#include "engine/rehearsal/aim.hpp"
#include "engine/rehearsal/simulation.hpp"

using namespace deployctl;
using namespace deployctl::engine::rehearsal;

namespace {

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t points = 0;
  std::uint64_t commands = 0;
  std::map<std::string, std::vector<std::uint64_t>> broken; // seeds by invariant
  std::map<int, std::uint64_t> exits;
  Coverage coverage;
};

void show(const Scenario& scenario, const Played& played) {
  for (const std::string& line : describe(scenario)) fmt::print("  {}\n", line);
  for (const std::string& line : played.trace) fmt::print("    {}\n", line);
}

void tell(const Simulator& simulator, const Scenario& scenario) {
  const Scenario small = shrunk(simulator, scenario);
  const Played again = simulator.play(small, true);
  show(small, again);
  for (const Violation& each : again.violations)
    fmt::print("  -> {}: {}\n", to_text(each.check), each.detail);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 0;
  bool aimed = false;
};

Totals play(const Simulator& simulator, const Seeds& seeds_of, bool told, bool traced) {
  Totals totals;
  const std::vector<Cell> cells = Coverage::cells();
  for (std::uint64_t seed = seeds_of.first; seed < seeds_of.first + seeds_of.count; ++seed) {
    const Cell cell = seeds_of.aimed ? cells.at(static_cast<std::size_t>(seed % cells.size())) : Cell{};
    if (seeds_of.aimed && totals.coverage.seen(cell)) continue;
    const Scenario scenario = seeds_of.aimed ? aimed_scenario(cell, seed) : make_scenario(seed);
    const Played played = simulator.play(scenario, traced);
    if (traced) show(scenario, played);
    ++totals.seeds;
    totals.points += played.points;
    totals.commands += played.commands;
    totals.coverage.add(played.coverage);
    for (const int code : played.exit_codes) ++totals.exits[code];
    if (!played.failed()) continue;
    auto& seeds = totals.broken[std::string(to_text(played.violations.front().check))];
    seeds.push_back(seed);
    if (!told || seeds.size() > 1) continue;
    fmt::print("seed {}: {}\n", seed, to_text(played.violations.front().check));
    tell(simulator, scenario);
  }
  return totals;
}

Value number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

Value coverage_of(const Coverage& coverage) {
  Value::Map cells;
  for (const auto& record : state::record_types)
    for (const FaultInfo& fault : fault_table)
      for (std::size_t each = 0; each < Coverage::classes; ++each)
        if (const auto count = coverage.count(record.type, fault.kind, each); count > 0)
          cells.emplace(fmt::format("{} {} {}", record.name, fault.name, Coverage::class_name(each)),
                        number(count));
  return cells;
}

Value texts(const std::vector<Cell>& cells) {
  Value::List all;
  for (const Cell& cell : cells) all.emplace_back(to_text(cell));
  return all;
}

void print_json(const Totals& totals, double seconds) {
  Value::Map broken;
  for (const auto& [name, seeds] : totals.broken)
    broken.emplace(name, Value::Map{{"count", number(seeds.size())}, {"first", number(seeds.front())}});
  Value::Map exits;
  for (const auto& [code, times] : totals.exits) exits.emplace(std::to_string(code), number(times));
  fmt::print("{}\n", to_json(Value::Map{{"seeds", number(totals.seeds)},
                                        {"points", number(totals.points)},
                                        {"commands", number(totals.commands)},
                                        {"seconds", seconds},
                                        {"violations", std::move(broken)},
                                        {"exit_codes", std::move(exits)},
                                        {"coverage", coverage_of(totals.coverage)},
                                        {"empty", texts(totals.coverage.holes())},
                                        {"argued_impossible", texts(totals.coverage.surprises())}}));
}

void print_text(const Totals& totals, double seconds, bool with_coverage) {
  if (with_coverage) fmt::print("{}\n", totals.coverage.text());
  if (with_coverage)
    for (const Cell& hole : totals.coverage.holes()) fmt::print("not seen: {}\n", to_text(hole));
  for (const Cell& cell : totals.coverage.surprises())
    fmt::print("argued impossible, and seen: {}\n", to_text(cell));
  for (const auto& [name, seeds] : totals.broken)
    fmt::print("{}: {} seeds, the first {}\n", name, seeds.size(), seeds.front());
  for (const auto& [code, times] : totals.exits) fmt::print("exit {}: {}\n", code, times);
  fmt::print("{} seeds, {} commands, {} points, {:.1f} s\n", totals.seeds, totals.commands, totals.points,
             seconds);
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    fmt::print(stderr, "usage: simulate FIRST COUNT [BUG] [--aimed] [--trace] [--json] [--coverage]\n");
    return 3;
  }
  const std::set<std::string> options(arguments.begin() + 2, arguments.end());
  Bug bug = Bug::none;
  for (const BugInfo& each : bug_table)
    if (options.count(std::string(each.name)) != 0) bug = each.bug;
  const bool json = options.count("--json") != 0;
  const Simulator simulator(bug);
  const auto began = std::chrono::steady_clock::now();
  const Seeds seeds{std::stoull(arguments[0]), std::stoull(arguments[1]), options.count("--aimed") != 0};
  const Totals totals = play(simulator, seeds, !json, options.count("--trace") != 0);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  if (json)
    print_json(totals, took.count());
  else
    print_text(totals, took.count(), options.count("--coverage") != 0);
  return totals.broken.empty() ? 0 : 1;
}
