// What `apply` was pointed at: an environment, or a plan saved earlier.
#pragma once

#include <optional>
#include <string>

#include "cli/project.hpp"
#include "plan/plan.hpp"

namespace deployctl::cli {

struct PlanSubject {
  std::string environment;
  std::optional<plan::Plan> plan; // none: to be made
};

// "next.plan.approvals": what stands beside a plan.
std::string approvals_file(const std::string& plan_file);

// Whether a file that was never committed is a part of what is deployed: saved plans and what stands beside
// them are not.
bool counts_as_source(const std::string& path);

// A name with a '/' is a file. Errors: config when a name is both an environment and a file, or neither;
// conflict when the plan was altered.
Result<PlanSubject> find_subject(const Project& project, const std::string& name);

} // namespace deployctl::cli
