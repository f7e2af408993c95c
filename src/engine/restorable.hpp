// Whether releases could be gone back to now: their files, artifacts and secrets are looked for, nothing is
// changed. For `history --check` and for the list that `rollback` shows.
#pragma once

#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

struct Restorable {
  std::vector<Error> missing;     // why it cannot be restored; empty: it can
  std::vector<std::string> notes; // what would not be as it was: secrets whose old value is not kept
};

// One answer a release, in their order.
std::vector<Restorable> check_restorable(Environment& environment, const config::Pipeline& pipeline,
                                         const std::vector<state::Release>& releases);

// Names of secrets in a release's inputs, each once.
std::vector<std::string> secrets_of(const state::Release& release);

} // namespace deployctl::engine
