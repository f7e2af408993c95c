// Whether a source may be deployed to an environment at all: its `allow`. Pure; asked before anything else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "config/deployment_rules.hpp"

namespace deployctl::policy {

struct SourceFacts {
  std::string commit; // empty outside a repository
  std::string branch; // empty when detached
  std::vector<std::string> tags;
  bool dirty = false;
};

// Error (policy) with the rule that does not hold. `branches` and `tags` are alternatives, `clean` must hold
// besides.
Status admitted(const config::Allow& allow, const SourceFacts& source, std::string_view environment);

} // namespace deployctl::policy
