#include <catch2/catch.hpp>

#include <algorithm>

#include "state/remote_cell.hpp"

using namespace deployctl;
using namespace deployctl::state;

namespace {

constexpr RemoteFaults rough{.lost_request = 8, .lost_answer = 12, .slow = 10, .sleep = 4, .death = 1};

// What the story of one seed must not contain; its own findings about effects included.
std::vector<std::string> violations(const RemoteWorld& world) {
  std::vector<std::string> found = world.violations;
  std::set<std::string> seen;
  std::set<std::int64_t> epochs;
  for (const auto& [release, epoch] : world.cell.releases) {
    if (!seen.insert(release).second) found.push_back(release + " was committed twice");
    if (!epochs.insert(epoch).second) found.push_back("two commits under epoch " + std::to_string(epoch));
  }
  for (const auto& controller : world.controllers) {
    const bool there = seen.count("release-" + controller.holder.run) != 0;
    if (controller.committed && !there) found.push_back(controller.holder.run + ": its commit was lost");
    if (controller.refused_commit && there)
      found.push_back(controller.holder.run + ": committed, and was told that it is not");
  }
  return found;
}

std::size_t seeds_with_violations(int seeds, LeaseSafeguards safeguards) {
  std::size_t found = 0;
  for (int seed = 0; seed < seeds; ++seed) {
    RemoteWorld world(static_cast<std::uint64_t>(seed), rough, safeguards);
    world.run(4);
    if (!violations(world).empty()) ++found;
  }
  return found;
}

template <class Told>
const Told* first(const std::vector<LeaseCommand>& commands) {
  for (const LeaseCommand& command : commands)
    if (const auto* told = std::get_if<Told>(&command)) return told;
  return nullptr;
}

Holder holder(const std::string& run) {
  Holder out;
  out.run = run;
  return out;
}

// Holding, at epoch 1, after two questions; nothing else said yet.
Lease holding(RemoteCell& cell, LeaseTerms terms = {}) {
  Lease lease("me", terms);
  const auto asked = lease.advance({Milliseconds(0), lease::Acquire{holder("mine"), {}}});
  const auto swap =
      lease.advance({Milliseconds(1), lease::CellSeen{first<lease::ReadCell>(asked)->ticket, cell.there}});
  const auto* command = first<lease::SwapCell>(swap);
  REQUIRE(command);
  const Swapped done = cell.swap(command->cell, command->expected);
  const auto told =
      lease.advance({Milliseconds(2), lease::SwapAnswered{command->ticket, done.result, done.version, {}}});
  REQUIRE(first<lease::Granted>(told));
  return lease;
}

} // namespace

TEST_CASE("lease: a swap without an answer that happened is recognised by its nonce") {
  RemoteCell cell;
  Lease lease = holding(cell);
  const auto asked = lease.advance(
      {Milliseconds(10), lease::Amend{{.pending_run = "mine", .current_release = {}, .release_number = {}}}});
  const auto* swap = first<lease::SwapCell>(asked);
  REQUIRE(swap);
  cell.swap(swap->cell, swap->expected);
  const auto again =
      lease.advance({Milliseconds(20), lease::SwapAnswered{swap->ticket, CasResult::unknown, {}, {}}});
  REQUIRE(first<lease::ReadCell>(again));
  const auto told =
      lease.advance({Milliseconds(30), lease::CellSeen{first<lease::ReadCell>(again)->ticket, cell.there}});
  CHECK(first<lease::Amended>(told));
  CHECK(lease.held());
  CHECK(cell.writes == 2);
}

TEST_CASE("lease: a swap without an answer that did not happen is sent again as it was") {
  RemoteCell cell;
  Lease lease = holding(cell);
  const auto asked = lease.advance({Milliseconds(10), lease::Release{}});
  const lease::SwapCell swap = *first<lease::SwapCell>(asked);
  const auto again =
      lease.advance({Milliseconds(20), lease::SwapAnswered{swap.ticket, CasResult::unknown, {}, {}}});
  const auto resent =
      lease.advance({Milliseconds(30), lease::CellSeen{first<lease::ReadCell>(again)->ticket, cell.there}});
  REQUIRE(first<lease::SwapCell>(resent));
  CHECK(first<lease::SwapCell>(resent)->cell == swap.cell);
  CHECK(first<lease::SwapCell>(resent)->expected == swap.expected);
  CHECK(first<lease::SwapCell>(resent)->ticket != swap.ticket);
}

TEST_CASE("lease: without a renewal nothing new starts, long before anyone can take over") {
  RemoteCell cell;
  const LeaseTerms terms;
  Lease lease = holding(cell, terms);
  CHECK(lease.may_start(Milliseconds(30'000)));
  CHECK_FALSE(lease.may_start(terms.fence_after + Milliseconds(1)));
  CHECK(terms.fence_after < terms.ttl);
}

TEST_CASE("lease: another holder in the cell means lost, and what was still to be written is not") {
  RemoteCell cell;
  Lease lease = holding(cell);
  Cell taken = cell.there.cell;
  taken.holder = holder("other");
  taken.epoch = 2;
  taken.nonce = "other-1";
  REQUIRE(cell.swap(taken, cell.there.version).result == CasResult::ok);
  const auto asked = lease.advance(
      {Milliseconds(10),
       lease::Amend{{.pending_run = std::string(), .current_release = "r1", .release_number = 1}}});
  const auto* swap = first<lease::SwapCell>(asked);
  const Swapped done = cell.swap(swap->cell, swap->expected);
  CHECK(done.result == CasResult::conflict);
  const auto again =
      lease.advance({Milliseconds(20), lease::SwapAnswered{swap->ticket, done.result, {}, {}}});
  const auto told =
      lease.advance({Milliseconds(30), lease::CellSeen{first<lease::ReadCell>(again)->ticket, cell.there}});
  REQUIRE(first<lease::Lost>(told));
  CHECK(first<lease::Lost>(told)->holder->run == "other");
  CHECK(first<lease::NotAmended>(told));
  CHECK_FALSE(lease.may_start(Milliseconds(30)));
}

TEST_CASE("lease: late and doubled answers change nothing") {
  RemoteCell cell;
  Lease lease = holding(cell);
  CHECK(lease.advance({Milliseconds(5), lease::SwapAnswered{1, CasResult::conflict, {}, {}}}).empty());
  CHECK(lease.advance({Milliseconds(5), lease::CellSeen{2, VersionedCell{}}}).empty());
  CHECK(lease.advance({Milliseconds(5), lease::TimerFired{1}}).empty());
  CHECK(lease.held());
}

TEST_CASE("lease: what is released cannot be amended any more") {
  RemoteCell cell;
  Lease lease = holding(cell);
  const auto asked = lease.advance({Milliseconds(10), lease::Release{}});
  CHECK(lease
            .advance({Milliseconds(11),
                      lease::Amend{{.pending_run = "x", .current_release = {}, .release_number = {}}}})
            .empty());
  const auto* swap = first<lease::SwapCell>(asked);
  const Swapped done = cell.swap(swap->cell, swap->expected);
  const auto told =
      lease.advance({Milliseconds(12), lease::SwapAnswered{swap->ticket, done.result, done.version, {}}});
  CHECK(first<lease::Released>(told));
  CHECK(first<lease::NotAmended>(told));
  CHECK(cell.there.cell.pending_run.empty());
}

TEST_CASE("lease: four controllers over a rough network commit once each, one epoch at a time") {
  int commits = 0;
  int takeovers = 0;
  int lost_answers = 0;
  constexpr int seeds = 2'000;
  for (int seed = 0; seed < seeds; ++seed) {
    RemoteWorld world(static_cast<std::uint64_t>(seed), rough);
    world.run(4);
    for (const std::string& violation : violations(world)) FAIL("seed " << seed << ": " << violation);
    commits += static_cast<int>(world.cell.releases.size());
    takeovers += world.takeovers;
    lost_answers += world.lost_answers;
  }
  WARN(seeds << " seeds: " << commits << " commits, " << takeovers << " takeovers, " << lost_answers
             << " answers lost");
  CHECK(commits > seeds);
  CHECK(takeovers > seeds / 10);
}

TEST_CASE("lease: the simulation notices when a safeguard is missing") {
  CHECK(seeds_with_violations(1'000, {.reread_unknown = false}) > 0);
  CHECK(seeds_with_violations(1'000, {.compare_epoch = false}) > 0);
}
