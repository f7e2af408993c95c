#include "providers/host/release_readiness.hpp"

#include <charconv>
#include <map>

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "providers/host/service_scripts.hpp"
#include "providers/host/service_work.hpp"

namespace deployctl::providers::host {
namespace {

using State = Readiness::State;

// "Name=value" lines of `systemctl show`.
std::map<std::string, std::string> properties(std::string_view out) {
  std::map<std::string, std::string> result;
  for (const std::string_view line : split(out, '\n'))
    if (const auto equals = line.find('='); equals != std::string_view::npos)
      result.emplace(line.substr(0, equals), line.substr(equals + 1));
  return result;
}

std::vector<std::string> log_lines(ReadSession& session, const Host& host, const Systemd& systemd) {
  const HostCommand command{
      .operation = "service_log", .script = service_log_script, .arguments = service_arguments(systemd)};
  const auto log = session.ports.hosts.run(host, command, session.stop);
  std::vector<std::string> lines;
  if (!log) return lines; // the unit's state is known all the same
  LineSplitter splitter([&](std::string_view line) { lines.emplace_back(line); });
  splitter.feed(log->out);
  splitter.finish();
  return lines;
}

// The unit that runs must be the one that was written: another folder of systemd's may hide it, and what was
// not reloaded is not in force.
std::string not_ours(const Systemd& systemd, const std::map<std::string, std::string>& state) {
  if (!systemd.service) return {};
  const auto get = [&](const char* name) {
    const auto found = state.find(name);
    return found == state.end() ? std::string() : found->second;
  };
  const std::string file = unit_file(systemd);
  const std::string wanted = file.starts_with("~") ? file.substr(1) : file;
  if (!get("FragmentPath").ends_with(wanted))
    return fmt::format("unit '{}' comes from '{}', not from '{}'", systemd.unit, get("FragmentPath"), file);
  if (get("NeedDaemonReload") == "yes")
    return fmt::format("unit '{}' was changed again and is not reloaded", systemd.unit);
  return {};
}

// How often systemd started the program again since it was told: it answers between two deaths, too. Where
// systemd was told to reload, the count goes back to an earlier start.
int restarts(const Systemd& systemd, const std::map<std::string, std::string>& state) {
  const auto get = [&](const char* name) {
    const auto found = state.find(name);
    return found == state.end() ? std::string_view() : std::string_view(found->second);
  };
  if (systemd.action == "reload" || (systemd.action == "auto" && get("CanReload") == "yes")) return 0;
  const std::string_view text = get("NRestarts");
  int count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

Readiness unit_readiness(ReadSession& session, const Host& host, const Systemd& systemd) {
  const std::string& unit = systemd.unit;
  const HostCommand command{
      .operation = "service_state", .script = service_state_script, .arguments = service_arguments(systemd)};
  const auto result =
      run_script(session.ports.hosts, host, command, fmt::format("cannot look at '{}'", unit), session.stop);
  if (!result)
    return {.state = State::waiting, .detail = result.error().message, .evidence = result.error().evidence};
  auto state = properties(result->out);
  if (std::string other = not_ours(systemd, state); !other.empty())
    return {.state = State::failed, .detail = std::move(other)};
  if (const int count = restarts(systemd, state); count > 0)
    return {.state = State::failed,
            .detail = fmt::format("unit '{}' was restarted {} by systemd: its program ends{}", unit,
                                  count == 1 ? "once" : fmt::format("{} times", count),
                                  state["Result"] == "success" ? "" : fmt::format(" ({})", state["Result"])),
            .evidence = log_lines(session, host, systemd)};
  if (state["ActiveState"] == "active") return {};
  const std::string detail =
      fmt::format("unit '{}' is {} ({})", unit, state["ActiveState"], state["SubState"]);
  if (state["ActiveState"] != "failed") return {.state = State::waiting, .detail = detail};
  return {.state = State::failed,
          .detail = fmt::format("{}: {}", detail, state["Result"]),
          .evidence = log_lines(session, host, systemd)};
}

} // namespace

Readiness release_readiness(ReadSession& session, const ReleaseInputs& inputs, const Host& host) {
  if (inputs.systemd)
    if (Readiness unit = unit_readiness(session, host, *inputs.systemd); unit.state != State::ready)
      return unit;
  if (!inputs.health) return {};
  const HttpRequest request{.operation = "health",
                            .url = health_url(inputs.health->http, host),
                            .timeout = inputs.health->timeout,
                            .connect_timeout = inputs.health->timeout,
                            .response_limit = 1U << 20};
  ProbeResult result = probe(session.ports.http, request, *inputs.health, session.stop);
  const bool hopeless = result.error && result.error->cause == Cause::config;
  return {.state = result.good ? State::ready
                   : hopeless  ? State::failed
                               : State::waiting,
          .detail = std::move(result.detail),
          .evidence = std::move(result.evidence)};
}

} // namespace deployctl::providers::host
