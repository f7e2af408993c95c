#include "providers/host_script.hpp"

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "ssh/script_failure.hpp"

namespace deployctl::providers {
namespace {

constexpr std::size_t evidence_lines = 20;

} // namespace

Result<Host> host_of(const Ask& ask) {
  if (!ask.target.host)
    return fail(Cause::internal, fmt::format("step '{}' acts on hosts and was given none", ask.step));
  return *ask.target.host;
}

Value host_value(const Host& host) {
  return Value::Map{{"name", host.name}, {"user", host.user}, {"address", host.address}, {"port", host.port}};
}

Host host_from(const Value& value) {
  const auto text = [&](std::string_view key) {
    const Value* found = value.find(key);
    return found && found->text() ? *found->text() : std::string();
  };
  Host host{.name = text("name"), .user = text("user"), .address = text("address")};
  if (const Value* port = value.find("port"))
    if (const auto* number = port->get<std::int64_t>()) host.port = static_cast<int>(*number);
  return host;
}

Result<HostResult> run_script(Hosts& hosts, const Host& host, const HostCommand& command,
                              std::string_view what, const std::stop_token& stop) {
  DEPLOYCTL_TRY(HostResult result, hosts.run(host, command, stop));
  if (result.cancelled) return fail(Cause::cancelled, fmt::format("{}: cancelled", what));
  if (result.timed_out)
    return fail({.cause = Cause::timeout,
                 .message = fmt::format("{}: not done within {}", what, format_duration(command.timeout)),
                 .evidence = last_lines(result.err, evidence_lines),
                 .retryable = true});
  if (result.exit_code == 0) return result;
  return fail(ssh::script_failure(what, result));
}

std::vector<Line> key_lines(std::string_view out) {
  std::vector<Line> lines;
  for (const std::string_view line : split(out, '\n')) {
    if (line.empty()) continue;
    const auto space = line.find(' ');
    lines.push_back({line.substr(0, space),
                     space == std::string_view::npos ? std::string_view() : line.substr(space + 1)});
  }
  return lines;
}

Field hosts_field() {
  return {.name = "hosts",
          .type = FieldType::hosts,
          .help = "The role or the hosts; may be left out when there is one role.",
          .example = "web",
          .managed = false};
}

} // namespace deployctl::providers
