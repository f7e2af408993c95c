// Whether a commit may follow the one that is live: nothing older goes over something newer, unless it is a
// rollback (which is not asked). Pure; how the two commits are related is found out by who calls.
#pragma once

#include <optional>
#include <string>

#include <deployctl/result.hpp>

#include "base/time.hpp"

namespace deployctl::policy {

enum class Relation {
  same,
  newer,    // the live commit is an ancestor of this one
  older,    // this one is an ancestor of the live commit
  diverged, // neither
  missing,  // the live commit is not in this clone, so nobody can tell
};

struct OrderFacts {
  std::string commit;
  std::string live_commit;
  std::string live_release; // "release 12, version 1.4.0"
  Relation relation = Relation::same;
  std::optional<WallTime> committed_at; // of `commit`
  std::optional<WallTime> live_since;
  bool shallow = false; // the clone's history has an end
};

// A sentence when it may go on and somebody should know why that is not obvious; empty: it may. Error
// (superseded) when what is live is newer, or when that cannot be ruled out.
Result<std::string> follows(const OrderFacts& facts);

} // namespace deployctl::policy
