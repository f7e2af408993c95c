#include "policy/lint/rules.hpp"

#include <algorithm>
#include <array>

namespace deployctl::policy::lint {
namespace {

constexpr std::array all_rules = {
    Rule{code::secret_token, "secret-token"},
    Rule{code::private_key, "private-key"},
    Rule{code::url_password, "url-password"},
    Rule{code::secret_assignment, "secret-assignment", Severity::warning},
    Rule{code::secret_manifest, "secret-manifest"},
};

} // namespace

std::span<const Rule> rules() {
  return all_rules;
}

const Rule* find_rule(std::string_view word) {
  const auto found = std::find_if(all_rules.begin(), all_rules.end(),
                                  [&](const Rule& rule) { return rule.code == word || rule.name == word; });
  return found == all_rules.end() ? nullptr : &*found;
}

} // namespace deployctl::policy::lint
