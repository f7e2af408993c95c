#include "providers/host/release_asking.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/core.h>

#include <deployctl/host_state.hpp>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/time.hpp"
#include "providers/host/release_blocks.hpp"
#include "providers/host/release_observation.hpp"
#include "providers/host/release_observe_script.hpp"
#include "providers/host_facts.hpp"
#include "providers/host_script.hpp"
#include "providers/ownership.hpp"

namespace deployctl::providers::host {
namespace {

constexpr Milliseconds observe_time{300'000}; // it hashes whole releases
constexpr std::size_t answer_limit = 64U << 20;

using Asks = std::vector<const Ask*>; // of one host

const Value& inputs_of(const Ask& ask) {
  return ask.inputs ? *ask.inputs : ask.recorded;
}

// What systemctl shall be told by sudo; empty when it needs none.
std::string told_by_sudo(const Value* systemd) {
  const Value* sudo = systemd ? systemd->find("sudo") : nullptr;
  if (!sudo || *sudo != Value(true) || text_at(*systemd, "scope") == "user") return {};
  const std::string action = text_at(*systemd, "action");
  return action == "auto" ? "reload-or-restart" : action.empty() ? "restart" : action;
}

// Of ":8000/healthz": there the release is to answer.
std::string port_of_health(const Value& inputs) {
  const Value* health = inputs.find("health");
  const std::string http = health ? text_at(*health, "http") : "";
  return http.starts_with(':') ? http.substr(1, http.find('/') - 1) : "";
}

std::vector<std::string> questions(const Asks& asks) {
  std::vector<std::string> own;
  std::vector<std::string> all = {"tool", "systemctl"};
  for (const Ask* ask : asks) {
    const std::string path = text_at(inputs_of(*ask), "path");
    const Value* systemd = inputs_of(*ask).find("systemd");
    Systemd unit;
    if (systemd) unit = {.unit = text_at(*systemd, "unit"), .scope = text_at(*systemd, "scope")};
    const bool is_ours = systemd && systemd->find("service");
    all.insert(all.end(), {"disk", path});
    own.insert(own.end(), {"release", path, unit.unit, unit.scope, is_ours ? unit_file(unit) : "",
                           told_by_sudo(systemd), port_of_health(inputs_of(*ask))});
  }
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::string restarted(const Observation& seen) {
  const std::string times = text_at(seen.facts, "restarts");
  return times.empty() || times == "0" ? "" : fmt::format(" (restarted {}x)", times);
}

// What is wrong with what is live, if anything.
std::string condition_of(const Observation& seen) {
  const std::string port = text_at(seen.facts, "taken");
  if (const std::string unit = text_at(seen.facts, "unit");
      !port.empty() && !unit.empty() && unit != "active")
    return fmt::format("port {} is taken by somebody else", port);
  if (!seen.exists) return {};
  if (seen.facts.find("dangling")) return "'current' points to nothing";
  if (const std::string unit = text_at(seen.facts, "unit"); !unit.empty() && unit != "active")
    return "unit is " + unit + restarted(seen);
  if (const Value* drift = seen.managed.find("drift"); drift && drift->map())
    return fmt::format("changed by hand: {}", drift->map()->begin()->first);
  if (text_at(seen.managed, "switched") != text_at(seen.managed, "current"))
    return "the service was not told about it";
  return {};
}

// The run that made it live; a link that is not the one noted was set by somebody else.
std::string changed_by(const Observation& seen) {
  if (!seen.exists) return {};
  if (text_at(seen.managed, "switched") != text_at(seen.managed, "current")) return "hand";
  const std::string run = text_at(seen.facts, "run");
  return run.empty() ? "" : "run " + run;
}

HostState state_of(const Observation& seen, WallTime observed_at) {
  const std::string current = text_at(seen.managed, "current");
  HostState state{.now = current.substr(current.rfind('/') + 1),
                  .since = text_at(seen.facts, "since"),
                  .changed_by = changed_by(seen),
                  .condition = condition_of(seen),
                  .observed_at = format_time(observed_at)};
  return state;
}

Result<Observation> observation(const Ask& ask, std::string_view answer, const HostFacts& facts,
                                std::int64_t offset, WallTime observed_at,
                                const Table<ReleaseInputs>& table) {
  Observation seen = read_release(answer);
  manage_ownership(inputs_of(ask), seen);
  HostState state = state_of(seen, observed_at);
  if (ask.inputs)
    if (const auto inputs = table.decode(with_defaults(table.fields(), *ask.inputs))) {
      DEPLOYCTL_CHECK(check_sudo(*inputs, seen, ask.target.host ? ask.target.host->name : ask.target.name));
      state.blocked = release_blocks(*inputs, seen, facts);
    }
  add_state(seen.facts, state);
  seen.facts["host"] = to_value(facts, offset);
  return seen;
}

Result<std::vector<Result<Observation>>> look(ReadSession& session, const Host& host, const Asks& asks,
                                              const Table<ReleaseInputs>& table) {
  const HostCommand command{.operation = "observe",
                            .script = observe_script,
                            .arguments = questions(asks),
                            .timeout = observe_time,
                            .capture_limit = answer_limit};
  const std::string path = text_at(inputs_of(*asks.front()), "path");
  const WallTime before = session.ports.clock.wall();
  DEPLOYCTL_TRY(const HostResult result,
                run_script(session.ports.hosts, host, command,
                           fmt::format("cannot look at '{}' on '{}'", path, host.name), session.stop));
  const WallTime after = session.ports.clock.wall();
  DEPLOYCTL_TRY(const HostAnswer answer, parse_host_answer(result.out, asks.size()));
  const std::int64_t offset = clock_offset(answer.facts, before, after);
  std::vector<Result<Observation>> seen;
  for (std::size_t i = 0; i < asks.size(); ++i)
    seen.push_back(observation(*asks[i], answer.answers[i], answer.facts, offset, after, table));
  return seen;
}

} // namespace

std::vector<Result<Observation>> observe_releases(ReadSession& session, std::span<const Ask> asks,
                                                  const Table<ReleaseInputs>& table) {
  std::vector<Result<Observation>> answers(asks.size(), Observation{});
  std::map<std::string_view, std::vector<std::size_t>> hosts;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (const auto host = host_of(asks[i]); host)
      hosts[asks[i].target.host->name].push_back(i);
    else
      answers[i] = fail(host.error());
  }
  for (const auto& [name, places] : hosts) {
    Asks of_host;
    for (const std::size_t place : places) of_host.push_back(&asks[place]);
    auto seen = look(session, *of_host.front()->target.host, of_host, table);
    for (std::size_t i = 0; i < places.size(); ++i)
      answers[places[i]] = seen ? std::move((*seen)[i]) : fail(seen.error());
  }
  return answers;
}

} // namespace deployctl::providers::host
