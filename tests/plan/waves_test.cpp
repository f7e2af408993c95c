#include "plan/waves.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::plan;

namespace {

using Waves = std::vector<std::vector<std::size_t>>;

Strategy rolling(std::vector<Amount> batch) {
  return {.kind = StrategyKind::rolling, .batch = std::move(batch)};
}

Waves waves(const Strategy& strategy, std::size_t count) {
  return make_waves(strategy, std::vector<WaveTarget>(count));
}

} // namespace

TEST_CASE("waves: all at once is one wave, no change is none") {
  CHECK(waves({.kind = StrategyKind::all_at_once}, 3) == Waves{{0, 1, 2}});
  CHECK(make_waves(rolling({{1}}), std::vector<WaveTarget>{{.changes = false}}).empty());
  CHECK(waves(rolling({{1}}), 0).empty());
}

TEST_CASE("waves: a batch repeats, percentages are rounded up") {
  CHECK(waves(rolling({{2}}), 5) == Waves{{0, 1}, {2, 3}, {4}});
  CHECK(waves(rolling({{25, true}}), 5) == Waves{{0, 1}, {2, 3}, {4}});
  CHECK(waves(rolling({{1, true}}), 2) == Waves{{0}, {1}});
  CHECK(waves(rolling({{100, true}}), 3) == Waves{{0, 1, 2}});
  CHECK(waves(rolling({}), 2) == Waves{{0}, {1}});
}

TEST_CASE("waves: several batches are cumulative") {
  CHECK(waves(rolling({{1}, {25, true}, {100, true}}), 8) == Waves{{0}, {1}, {2, 3, 4, 5, 6, 7}});
  CHECK(waves(rolling({{1}, {10, true}, {100, true}}), 5) == Waves{{0}, {1, 2, 3, 4}});
  CHECK(waves(rolling({{1}, {3}}), 6) == Waves{{0}, {1, 2}, {3, 4}, {5}});
}

TEST_CASE(
    "waves: percentages are of declared targets, only those that change are placed, unhealthy ones first") {
  const std::vector<WaveTarget> targets = {{}, {.changes = false}, {.healthy = false}, {}};
  CHECK(make_waves(rolling({{50, true}}), targets) == Waves{{2, 0}, {3}});
}

TEST_CASE("waves: a canary by hosts goes on one by one, or as `then` says") {
  Strategy canary{.kind = StrategyKind::canary, .canary_hosts = Amount{2}};
  CHECK(waves(canary, 4) == Waves{{0, 1}, {2}, {3}});
  canary.batch = {{2}};
  CHECK(waves(canary, 6) == Waves{{0, 1}, {2, 3}, {4, 5}});
}
