#include "config/hosts.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/port.hpp"

namespace deployctl::config {

namespace {

using Parsed = tl::expected<Host, HostProblem>;

tl::unexpected<HostProblem> problem(std::string message, std::string help) {
  return tl::unexpected<HostProblem>({std::move(message), std::move(help)});
}

constexpr std::string_view letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::size_t longest_user = 64;
constexpr std::size_t longest_name = 255;

// Letters, digits and '_', behind the first also '.' and '-': nothing that ssh or a shell reads as something
// else.
bool is_word(std::string_view text, std::size_t longest) {
  if (text.empty() || text.size() > longest ||
      letters_and_digits.find(text.front()) == std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '.' || c == '-' || letters_and_digits.find(c) != std::string_view::npos;
  });
}

// The characters of an IPv6 address, with a zone behind '%'; whether it is one is for the resolver to say.
bool is_numeric_address(std::string_view text) {
  const auto percent = text.find('%');
  const auto address = text.substr(0, percent);
  if (address.empty() || address.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
    return false;
  return percent == std::string_view::npos || is_word(text.substr(percent + 1), longest_user);
}

// Behind the last colon, unless the colons belong to an IPv6 address.
struct AddressAndPort {
  std::string_view address;
  std::optional<std::string_view> port;
};

AddressAndPort split_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {text, std::nullopt};
    const auto rest = text.substr(close + 1);
    if (rest.empty()) return {text.substr(1, close - 1), std::nullopt};
    if (rest.front() == ':') return {text.substr(1, close - 1), rest.substr(1)};
    return {text, std::nullopt};
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {text, std::nullopt};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<std::string> written_text(const Spanned& written) {
  if (written.kind == Spanned::Kind::text) return written.text;
  if (written.kind == Spanned::Kind::leaf && written.value.text()) return *written.value.text();
  return std::nullopt;
}

// A scalar or { at, vars }; none when a mistake was reported or nothing can be known yet.
std::optional<Host> read_host(const Spanned& written, Findings& findings) {
  const auto* at = written.kind == Spanned::Kind::map ? written.find("at") : &written;
  const auto text = at ? written_text(*at) : std::nullopt;
  if (!text) return std::nullopt;
  auto host = parse_host(*text);
  if (!host) {
    findings.error("D0601", at->span, fmt::format("'{}' is no host: {}", *text, host.error().message),
                   "not a host", host.error().help);
    return std::nullopt;
  }
  if (const auto* vars = written.find("vars")) {
    for (const auto& entry : vars->entries)
      host->vars[entry.key] =
          entry.value.kind == Spanned::Kind::text ? Value(entry.value.text) : entry.value.value;
  }
  return *std::move(host);
}

void report_twice(const Host& host, Span span, const std::string& role, Findings& findings) {
  findings.error("D0602", span, fmt::format("host '{}' stands twice in role '{}'", host.name, role), "again",
                 "one target is one host: remove one of the two");
}

} // namespace

Parsed parse_host(std::string_view text) {
  constexpr std::string_view form = "write [user@]host[:port], an alias of ~/.ssh/config, or local";
  if (text.empty()) return problem("it is empty", std::string(form));
  Host host;
  auto rest = text;
  if (const auto at = text.rfind('@'); at != std::string_view::npos) {
    host.user = std::string(text.substr(0, at));
    rest = text.substr(at + 1);
    if (host.user.starts_with('-'))
      return problem("the user begins with '-'", "ssh would read it as an option");
    if (!is_word(host.user, longest_user))
      return problem(fmt::format("'{}' is no user name", host.user), std::string(form));
  }
  host.name = std::string(rest);
  const auto [address, port] = split_port(rest);
  if (address.starts_with('-')) return problem("it begins with '-'", "ssh would read it as an option");
  const bool numeric = address.find(':') != std::string_view::npos;
  if (numeric ? !is_numeric_address(address) : !is_word(address, longest_name))
    return problem(fmt::format("'{}' is neither a host name nor an address", address), std::string(form));
  host.address = std::string(address);
  if (port) {
    const auto number = parse_port(*port);
    if (!number || port->front() == '0')
      return problem(fmt::format("port '{}' is not between 1 and {}", *port, last_port), std::string(form));
    host.port = *number;
  }
  if (host.is_local() && (!host.user.empty() || host.port != 0))
    return problem("'local' is this machine and takes no user and no port", "write local alone");
  return host;
}

Roles Roles::read(const Spanned& written, Findings& findings) {
  Roles roles;
  for (const auto& role : written.entries) {
    auto& hosts = roles.roles_[role.key];
    roles.names_.push_back(role.key);
    if (role.value.kind == Spanned::Kind::list && role.value.items.empty())
      findings.error("D0603", role.value.span, fmt::format("role '{}' has no hosts", role.key), "empty",
                     "name at least one host or remove the role");
    for (const auto& item : role.value.items) {
      auto host = read_host(item, findings);
      if (!host) continue;
      bool twice = false;
      for (const auto& other : hosts) twice = twice || other.name == host->name;
      if (twice) report_twice(*host, item.span, role.key, findings);
      const auto [known, is_new] = roles.by_name_.emplace(host->name, *host);
      if (!is_new && !(known->second == *host))
        findings.error("D0602", item.span, fmt::format("host '{}' is declared in two ways", host->name),
                       "differs", "write it with the same user, port and vars in every role");
      if (!twice) hosts.push_back(*std::move(host));
    }
  }
  return roles;
}

const std::vector<Host>* Roles::find(std::string_view role) const {
  const auto found = roles_.find(std::string(role));
  return found == roles_.end() ? nullptr : &found->second;
}

std::optional<std::vector<Host>> Roles::resolve_one(const Spanned& written, std::string_view environment,
                                                    Findings& findings) const {
  const auto text = written_text(written);
  if (!text) return std::nullopt;
  if (const auto* role = find(*text)) return *role;
  if (const auto known = by_name_.find(*text); known != by_name_.end()) return std::vector{known->second};
  const auto host = parse_host(*text);
  // A bare word is more likely a role that is not there than an alias of the SSH configuration.
  const bool bare = text->find_first_of(".@:") == std::string::npos && *text != "local";
  if (host && !bare) return std::vector{*host};
  if (!bare)
    findings.error("D0601", written.span, fmt::format("'{}' is no host: {}", *text, host.error().message),
                   "not a host", host.error().help);
  else
    findings.error("D0604", written.span,
                   fmt::format("environment '{}' has no role or host '{}'", environment, *text), "not a role",
                   similar_help(*text, names_, "role", "roles"));
  return std::nullopt;
}

std::optional<std::vector<Host>> Roles::resolve(const Spanned& written, std::string_view environment,
                                                Findings& findings) const {
  if (written.kind != Spanned::Kind::list) return resolve_one(written, environment, findings);
  std::vector<Host> all;
  bool complete = true;
  for (const auto& item : written.items) {
    auto some = resolve_one(item, environment, findings);
    complete = complete && some;
    if (!some) continue;
    for (auto& host : *some) {
      bool twice = false;
      for (const auto& other : all) twice = twice || other.name == host.name;
      if (twice)
        findings.error("D0602", item.span, fmt::format("host '{}' stands twice in the list", host.name),
                       "again", "one target is one host: remove one of the two");
      else
        all.push_back(std::move(host));
    }
  }
  if (written.items.empty())
    findings.error("D0603", written.span, "the list of hosts is empty", "empty", "name a role or a host");
  return complete && !all.empty() ? std::optional(std::move(all)) : std::nullopt;
}

Value host_values(const Host& host) {
  Value::Map values{{"name", host.name}, {"address", host.address}, {"user", host.user}};
  if (host.port != 0) values["port"] = host.port;
  if (!host.vars.is_null()) values["vars"] = host.vars;
  return values;
}

} // namespace deployctl::config
