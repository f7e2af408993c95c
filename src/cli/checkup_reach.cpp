#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "cli/checkup.hpp"
#include "os/files.hpp"
#include "os/pause.hpp"
#include "registry/client.hpp"
#include "registry/parallel.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::cli {
namespace {

constexpr Milliseconds host_time{30'000};
constexpr Milliseconds most_skew{30'000}; // beyond it times in logs, and tokens, cannot be trusted

// Constant text: what varies would be an argument.
constexpr std::string_view host_script = R"(uname -sm; date +%s; df -Pk / | awk 'END { print $4 }')";

std::vector<Host> hosts_of(const config::Pipeline& pipeline) {
  std::map<std::string, Host> by_name;
  for (const auto& [role, hosts] : pipeline.hosts)
    for (const Host& host : hosts) by_name.emplace(host.name, host);
  std::vector<Host> out;
  out.reserve(by_name.size());
  for (auto& [name, host] : by_name) out.push_back(host);
  return out;
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What the clock over there says against the middle of the question and the answer.
Finding judge_host(const Host& host, const HostResult& result, WallTime asked, WallTime answered) {
  const std::vector<std::string_view> lines = split(result.out, '\n');
  const auto seconds = lines.size() > 1 ? number_in(lines[1]) : std::nullopt;
  if (result.exit_code != 0 || !seconds)
    return bad(
        "host", host.name,
        {.cause = Cause::command_failed,
         .message = "its shell does not answer as expected, exit code " + std::to_string(result.exit_code),
         .evidence = {result.out, result.err}});
  Finding finding{.area = "host", .subject = host.name, .detail = std::string(lines[0])};
  if (const auto free = lines.size() > 2 ? number_in(lines[2]) : std::nullopt)
    finding.detail += ", " + std::to_string(*free >> 20) + " GiB free on /";
  const WallTime there{std::chrono::seconds(*seconds)};
  const auto early = std::chrono::duration_cast<Milliseconds>(asked - there);
  const auto late = std::chrono::duration_cast<Milliseconds>(there - answered);
  if (std::max(early, late) <= most_skew) return finding;
  finding.health = Health::warning;
  finding.detail +=
      ", its clock is " + format_age(std::max(early, late)) + (early > late ? " behind" : " ahead");
  return finding;
}

Finding check_host(const Invocation& invocation, Hosts& hosts, const Host& host,
                   const std::stop_token& stop) {
  const WallTime asked = invocation.clock.wall();
  const Result<HostResult> result = hosts.run(host,
                                              {.operation = "doctor",
                                               .script = std::string(host_script),
                                               .arguments = {},
                                               .environment = {},
                                               .input = {},
                                               .timeout = host_time},
                                              stop);
  if (!result) return bad("host", host.name, result.error());
  return judge_host(host, *result, asked, invocation.clock.wall());
}

// Repositories that steps name: in the fields that actions call them by.
std::set<registry::Repository> repositories_of(const config::Pipeline& pipeline) {
  static constexpr std::array<std::string_view, 4> fields = {"image", "repository", "from", "to"};
  std::set<registry::Repository> out;
  for (const config::Step& step : pipeline.steps) {
    if (!step.action.starts_with("image.") && !step.action.starts_with("docker.")) continue;
    for (const std::string_view field : fields) {
      const Value* value = step.inputs.find(field);
      if (!value || !value->text()) continue;
      if (auto reference = registry::parse_reference(*value->text())) out.insert(reference->repository);
    }
  }
  return out;
}

// One that is not there yet is no fault: it is made by the first push.
Finding check_repository(registry::Client& client, const registry::Repository& repository,
                         const std::stop_token& stop) {
  const auto tags = client.tags(registry::pull_from(repository), stop);
  if (!tags) return bad("registry", repository.text(), tags.error());
  const std::string count = std::to_string(tags->size()) + (tags->size() == 1 ? " tag" : " tags");
  return {.area = "registry", .subject = repository.text(), .detail = tags->empty() ? "answers" : count};
}

} // namespace

std::vector<Finding> check_environment_reach(const Invocation& invocation, Wiring& wiring) {
  engine::Environment& engine = wiring.engine();
  const std::stop_token stop = engine.interrupts.wind_down;
  const std::vector<Host> hosts = hosts_of(wiring.pipeline());
  const std::set<registry::Repository> wanted = repositories_of(wiring.pipeline());
  const std::vector<registry::Repository> repositories(wanted.begin(), wanted.end());

  registry::UsualCredentials credentials(
      {.processes = engine.ports.processes,
       .environment = {engine.variables.begin(), engine.variables.end()},
       .read_file = os::read_file,
       .learn = [&](const Secret& secret) { invocation.redactions.add(secret); }});
  registry::RegistryMemory memory;
  const registry::ClientParts parts{.http = engine.ports.http,
                                    .clock = invocation.clock,
                                    .random = invocation.random,
                                    .wait = os::pause,
                                    .credentials = credentials,
                                    .memory = memory,
                                    .settings = {},
                                    .learn = {}};
  registry::Client client(parts);

  std::vector<Finding> findings(hosts.size() + repositories.size());
  const registry::Job job = [&](std::size_t index, const std::stop_token& stopped) -> Status {
    findings[index] = index < hosts.size()
                          ? check_host(invocation, engine.ports.hosts, hosts[index], stopped)
                          : check_repository(client, repositories[index - hosts.size()], stopped);
    return {};
  };
  if (const Status all = registry::for_all(findings.size(), engine.parallel, job, stop); !all)
    findings.assign(1, bad("reach", wiring.pipeline().stack(), all.error()));
  for (const secrets::Checked& checked : engine.resolver.check(stop))
    findings.push_back(checked.version
                           ? Finding{.area = "secret", .subject = checked.name, .detail = "resolves"}
                           : bad("secret", checked.name, checked.version.error()));
  return findings;
}

} // namespace deployctl::cli
