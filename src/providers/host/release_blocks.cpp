#include "providers/host/release_blocks.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/members.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

// A release that is live, or stands there from an earlier time, is not sent again.
bool stands_there(const ReleaseInputs& inputs, const Observation& seen) {
  const std::string name = release_name(inputs);
  if (text_at(seen.managed, "current") == "releases/" + name) return true;
  const Value* kept = seen.facts.find("kept");
  return kept && kept->list() && std::ranges::find(*kept->list(), Value(name)) != kept->list()->end();
}

// In whole numbers that people read: "1.4 GiB".
std::string amount(std::int64_t kibibytes) {
  constexpr std::int64_t unit = 1024;
  const auto text = [](std::int64_t part, std::int64_t of, const char* name) {
    return fmt::format("{}.{} {}", part / of, part % of * 10 / of, name);
  };
  if (kibibytes >= unit * unit) return text(kibibytes, unit * unit, "GiB");
  return kibibytes >= unit ? text(kibibytes, unit, "MiB") : fmt::format("{} KiB", kibibytes);
}

} // namespace

std::int64_t needed_kibibytes(const ReleaseInputs& inputs) {
  std::int64_t bytes = 4 * number_at(inputs.archive, "size").value_or(0);
  if (const Value* entries = inputs.source.find("entries"); entries && entries->map())
    for (const auto& [name, entry] : *entries->map()) bytes += number_at(entry, "size").value_or(0) + 4096;
  return bytes / 1024 + 1;
}

std::vector<std::string> release_blocks(const ReleaseInputs& inputs, const Observation& seen,
                                        const HostFacts& facts) {
  std::vector<std::string> blocks;
  if (!inputs.architecture.empty() && facts.architecture() != inputs.architecture)
    blocks.push_back(
        fmt::format("the release is for {}, the host is {}", inputs.architecture, facts.architecture()));
  const auto disk = facts.disks.find(inputs.path);
  const std::int64_t needed = needed_kibibytes(inputs);
  if (disk != facts.disks.end() && disk->second.free < needed && !stands_there(inputs, seen))
    blocks.push_back(fmt::format("the release needs {}, {} are free on {}", amount(needed),
                                 amount(disk->second.free), disk->second.mount));
  if (inputs.systemd && !facts.tools.contains("systemctl"))
    blocks.push_back(fmt::format("'{}' cannot be told: there is no systemctl", inputs.systemd->unit));
  return blocks;
}

Status check_sudo(const ReleaseInputs& inputs, const Observation& seen, const std::string& host) {
  const std::string refused = text_at(seen.facts, "sudo");
  if (!inputs.systemd || refused.empty()) return {};
  return fail(Cause::permission,
              fmt::format("'{}' cannot be told on '{}': {}", inputs.systemd->unit, host, refused),
              "sudo asks nobody here: allow the command without a password (NOPASSWD) in sudoers there");
}

} // namespace deployctl::providers::host
