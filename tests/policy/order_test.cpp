#include <catch2/catch.hpp>

#include "policy/order.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using Catch::Matchers::Contains;

namespace {

OrderFacts facts(Relation relation) {
  return {.commit = std::string(40, 'a'),
          .live_commit = std::string(40, 'b'),
          .live_release = "release 12",
          .relation = relation,
          .committed_at = parse_time("2026-11-20T10:00:00Z").value(),
          .live_since = parse_time("2026-11-21T10:00:00Z").value()};
}

} // namespace

TEST_CASE("order: the same commit and its descendants may follow without a word") {
  CHECK(follows(facts(Relation::same)).value().empty());
  CHECK(follows(facts(Relation::newer)).value().empty());
}

TEST_CASE("order: an ancestor of what is live is superseded") {
  const auto refused = follows(facts(Relation::older));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::superseded);
  CHECK(
      refused.error().message ==
      "commit aaaaaaaaaaaa is older than what is live: release 12 was made from its descendant bbbbbbbbbbbb");
  CHECK_THAT(refused.error().help, Contains("deployctl rollback"));
}

TEST_CASE("order: a diverged history may follow, and that is said") {
  CHECK_THAT(follows(facts(Relation::diverged)).value(), Contains("not a descendant"));
}

TEST_CASE("order: a missing commit stops what may be older, with the command that fetches it") {
  auto missing = facts(Relation::missing);
  const auto full = follows(missing);
  REQUIRE_FALSE(full);
  CHECK(full.error().cause == Cause::superseded);
  CHECK_THAT(full.error().help, Contains("git fetch origin " + missing.live_commit));
  missing.shallow = true;
  CHECK_THAT(follows(missing).error().help, Contains("git fetch --unshallow"));
}

TEST_CASE("order: what was committed after the live release cannot be its ancestor") {
  auto missing = facts(Relation::missing);
  missing.committed_at = parse_time("2026-11-21T10:00:01Z").value();
  CHECK_THAT(follows(missing).value(), Contains("made after it went live"));
  missing.live_since.reset();
  CHECK_FALSE(follows(missing));
}
