#include "ssh/settings.hpp"

#include <fmt/core.h>

#include "base/port.hpp"
#include "base/strings.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::size_t most_jumps = 16;

Result<int> port_of(std::string_view text) {
  if (const std::optional<int> port = parse_port(text)) return *port;
  return fail(Cause::config, fmt::format("'{}' is not a port", text));
}

Result<Destination> parse_jump(std::string_view text) {
  constexpr std::string_view scheme = "ssh://";
  Destination jump;
  std::string_view rest = text;
  if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    jump.user = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  std::size_t host_end = rest.find(':');
  if (rest.starts_with('[')) {
    rest.remove_prefix(1);
    host_end = rest.find(']');
    if (host_end == std::string_view::npos)
      return fail(Cause::config, fmt::format("the jump host '{}' has no ']'", text));
  }
  jump.host = rest.substr(0, host_end);
  if (host_end != std::string_view::npos) rest.remove_prefix(host_end);
  if (rest.starts_with(']')) rest.remove_prefix(1);
  if (host_end != std::string_view::npos && rest.starts_with(':')) {
    DEPLOYCTL_TRY(jump.port, port_of(rest.substr(1)));
  }
  DEPLOYCTL_CHECK(check_destination(jump));
  return jump;
}

Status take(Settings& settings, std::string_view key, std::string_view value) {
  if (key == "hostname") settings.hostname = value;
  if (key == "user") settings.user = value;
  if (key == "port") {
    DEPLOYCTL_TRY(settings.port, port_of(value));
  }
  if (key == "proxyjump") {
    DEPLOYCTL_TRY(settings.jumps, parse_jumps(value));
  }
  return {};
}

} // namespace

Result<std::vector<Destination>> parse_jumps(std::string_view list) {
  std::vector<Destination> jumps;
  if (equal_ignoring_case(list, "none")) return jumps;
  for (const std::string_view part : split(list, ',')) {
    DEPLOYCTL_TRY(Destination jump, parse_jump(trim(part)));
    jumps.push_back(std::move(jump));
  }
  if (jumps.size() > most_jumps)
    return fail(Cause::config, fmt::format("{} jump hosts, {} are the most", jumps.size(), most_jumps));
  return jumps;
}

Result<Settings> parse_settings(std::string_view output) {
  Settings settings;
  for (const std::string_view line : split(output, '\n')) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    DEPLOYCTL_CHECK(take(settings, line.substr(0, space), trim(line.substr(space + 1))));
  }
  if (settings.hostname.empty()) return fail(Cause::config, "ssh does not say where it would connect to");
  return settings;
}

} // namespace deployctl::ssh
