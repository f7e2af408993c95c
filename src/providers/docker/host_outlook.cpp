#include "providers/docker/host_outlook.hpp"

#include <charconv>
#include <utility>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "providers/host_facts_script.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr const char* operation_name = "host_outlook";
constexpr std::uint64_t kibibyte = 1024;
constexpr std::uint64_t mebibyte = kibibyte * kibibyte;
constexpr std::uint64_t copies = 2; // the engine unpacks what it is sent before it makes layers of it

// $1: a folder or "", then ports. "disk FREE MOUNT", in KiB; "taken PORT".
const std::string& outlook_script() {
  static const std::string script = std::string(script_prelude) + facts_functions + R"sh(folder=$1
shift
if [ -n "$folder" ]; then free_at "$folder" | under disk; fi
for port; do
  if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$port") [0-9A-F]*:0000 0A "; then
    printf 'taken %s\n' "$port"
  fi
done
)sh";
  return script;
}

// Empty: it is large enough, or nobody could say.
std::string disk_obstacle(const HostNeeds& needs, std::string_view told) {
  const auto space = told.find(' ');
  std::uint64_t free = 0;
  if (space == std::string_view::npos ||
      std::from_chars(told.data(), told.data() + space, free).ec != std::errc())
    return {};
  const std::uint64_t needed = copies * needs.bytes;
  if (free * kibibyte >= needed) return {};
  return fmt::format("its image needs {} while it is loaded, and {} are free on {}",
                     format_size((needed + mebibyte - 1) / mebibyte * mebibyte), format_size(free * kibibyte),
                     told.substr(space + 1));
}

} // namespace

Operation host_outlook_operation() {
  return {.name = operation_name,
          .effect = Effect::read,
          .protocol = Protocol::host,
          .help = "Looks on the host whether the ports are free, and how much room the engine's disk has.",
          .script = outlook_script()};
}

Result<std::vector<std::string>> host_obstacles(const Ports& ports, const Host& host, const HostNeeds& needs,
                                                const std::stop_token& stop) {
  std::vector<std::string> reasons;
  if (needs.ports.empty() && needs.folder.empty()) return reasons;
  HostCommand command{.operation = operation_name, .script = outlook_script(), .arguments = {needs.folder}};
  for (const int port : needs.ports) command.arguments.push_back(std::to_string(port));
  auto result = run_script(ports.hosts, host, command,
                           fmt::format("host {}: cannot look for room and ports", host.name), stop);
  if (!result) {
    if (result.error().cause == Cause::cancelled) return fail(std::move(result).error());
    return reasons;
  }
  for (const Line& line : key_lines(result->out)) {
    if (line.key == "taken")
      reasons.push_back(fmt::format("port {} is held by a program that is no container", line.rest));
    if (line.key != "disk") continue;
    if (std::string why = disk_obstacle(needs, line.rest); !why.empty()) reasons.push_back(std::move(why));
  }
  return reasons;
}

} // namespace deployctl::providers::docker
