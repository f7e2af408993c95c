// Looking up a variable in an environment that was read into a map. Reading one is os/environment.hpp.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace deployctl {

// Null: not set, or empty.
template <class Compare>
const std::string* find_variable(const std::map<std::string, std::string, Compare>& environment,
                                 std::string_view name) {
  const auto found = environment.find(std::string(name));
  return found == environment.end() || found->second.empty() ? nullptr : &found->second;
}

// The same, empty when there is none.
template <class Compare>
std::string variable_or_empty(const std::map<std::string, std::string, Compare>& environment,
                              std::string_view name) {
  const std::string* found = find_variable(environment, name);
  return found ? *found : std::string();
}

} // namespace deployctl
