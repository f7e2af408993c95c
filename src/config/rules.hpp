// What the tables cannot say about the language's own keys: a freeze that ends when it begins, a quorum above
// the number of approvers. A table of places and checks; they see the file as written, before interpolation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "config/findings.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

struct RuleContext {
  const Spanned& root;
  const std::vector<std::string>& environments;
  const std::function<std::vector<std::string>()>& zones;
  Findings& findings;
  std::optional<std::vector<std::string>> known_zones; // asked for once
};

void check_rules(RuleContext& context);

} // namespace deployctl::config
