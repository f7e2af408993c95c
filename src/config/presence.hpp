// Whether a step is part of the pipeline in this environment and at this commit. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/facts.hpp"

namespace deployctl::config {

struct PresenceRule {
  std::string_view environment;
  std::vector<std::string> listed; // `environments`
  bool is_listed = false;          // `environments` is written
  std::vector<std::string> branches;
  std::vector<std::string> tags;
};

// Empty when present, else why not: "environments: [staging]". Branches and tags are alternatives; inside a
// list one match is enough. Facts about the repository are used only when `at_commit`.
std::string decide_presence(const PresenceRule& rule, const Facts& facts, bool at_commit);

} // namespace deployctl::config
