// The history made anew from what is durable without it: the journals of all runs, the release documents that
// they name among the blobs, and what people decided (the audit logs). For `history reindex`, when history.db
// was lost or damaged.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "state/history.hpp"
#include "state/local_state.hpp"

namespace deployctl::engine {

struct Reindexed {
  int runs = 0;
  int releases = 0;
  std::vector<std::string> problems; // of journals and documents that could not be read whole
};

// `history` is empty. What cannot be read is told among the problems, and left out.
Result<Reindexed> reindex(const state::LocalState& state, state::History& history);

} // namespace deployctl::engine
