// Hosts as the language writes them, and roles. Pure; where a mistake stands and what it is called is the
// caller's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include <deployctl/host.hpp>

#include "config/findings.hpp"
#include "config/spanned.hpp"

namespace deployctl::config {

struct HostProblem {
  std::string message; // "port '99999' is not between 1 and 65535"
  std::string help;
};

// "[user@]host[:port]", "[2001:db8::1]:22", an alias of ~/.ssh/config, "local". Nothing may begin with '-':
// it would be an option of ssh. The host's name is the text without the user.
tl::expected<Host, HostProblem> parse_host(std::string_view text);

// Roles of one environment. Remembers hosts by name, so that a name given back by ${hosts.web} is the
// declared host.
class Roles {
public:
  // From the environment's `hosts`: a map of lists. Reports malformed hosts, duplicates in a role, one name
  // declared in two ways, and empty roles.
  static Roles read(const Spanned& written, Findings& findings);

  [[nodiscard]] const std::map<std::string, std::vector<Host>>& all() const { return roles_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; } // in file order
  [[nodiscard]] const std::vector<Host>* find(std::string_view role) const;

  // A role's name, a host, or a list of both; none when a mistake was reported.
  std::optional<std::vector<Host>> resolve(const Spanned& written, std::string_view environment,
                                           Findings& findings) const;

private:
  std::optional<std::vector<Host>> resolve_one(const Spanned& written, std::string_view environment,
                                               Findings& findings) const;

  std::map<std::string, std::vector<Host>> roles_;
  std::vector<std::string> names_;
  std::map<std::string, Host, std::less<>> by_name_;
};

// What ${host.name}, ${host.address}, ${host.user}, ${host.port} and ${host.vars.X} give.
Value host_values(const Host& host);

} // namespace deployctl::config
