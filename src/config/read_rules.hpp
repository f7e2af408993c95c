// Shaped values of the language (config/shape.hpp) as the rules of an environment or step. What is malformed
// was reported before and is left out here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "config/deployment_rules.hpp"

namespace deployctl::config {

// The texts of a list; none when there is no list.
std::vector<std::string> texts_of(const Value* list);

// None when the key is not written.
std::optional<Allow> read_allow(const Value& allow);
std::optional<ApprovalRule> read_approval(const Value& approval);
std::vector<FreezeWindow> read_freeze(const Value& windows);

// For the pipeline's digest: a rule that changed makes another plan.
Value to_value(const Allow& allow);
Value to_value(const ApprovalRule& rule);
Value to_value(const FreezeWindow& window);

} // namespace deployctl::config
