// Whether an approved plan still describes the world: it is compared with one made now. Pure.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace deployctl::plan {

struct Stale {
  std::string step; // empty: the plan as a whole
  std::string target;
  std::vector<std::string> fields; // of the target, as far as they are known: "files.bin/app"
  std::string what;                // "was changed since the plan was made", "the pipeline has changed"
};

// In the order of the approved plan; empty when `now` is the same plan. Who made it and when do not count.
std::vector<Stale> differences_since(const Plan& approved, const Plan& now);

// "web on app-1 was changed since the plan was made: files.bin/app"
std::string to_text(const Stale& stale);

} // namespace deployctl::plan
