// Plans for the views' tests: small worlds with one thing to show each.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace samples {

struct PlanSample {
  std::string name; // of the golden file
  deployctl::plan::Plan plan;
  std::string live_version = "1.3.0";
};

std::vector<PlanSample> plans();

} // namespace samples
