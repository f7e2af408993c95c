// What differs between two release records, step by step. Pure: asks nobody, needs no blob.
#pragma once

#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "state/release.hpp"

namespace deployctl::cli {

struct StepDiff {
  enum class Kind { added, removed, changed };
  std::string id;
  std::string action;
  Kind kind = Kind::changed;
  std::vector<FieldChange> fields; // of inputs, by the action's table; outputs below "outputs."
};

// Steps that differ, in the newer release's order, then those that are gone.
std::vector<StepDiff> diff_releases(const Catalog& catalog, const state::Release& older,
                                    const state::Release& newer);

} // namespace deployctl::cli
