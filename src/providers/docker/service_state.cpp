#include "providers/docker/service_state.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/host_state.hpp>
#include <deployctl/units.hpp>

#include "base/field_diff.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/time.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/host_outlook.hpp"
#include "providers/docker/image_outlook.hpp"
#include "providers/docker/labels.hpp"
#include "providers/docker/service_inputs.hpp"
#include "providers/docker/service_routing.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::ContainerLine;
using deployctl::docker::Labels;

constexpr std::size_t digest_part = 12;

std::string label_of(const Labels& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? std::string() : found->second;
}

// The live one before those that are on trial, the running before the stopped, the newest first.
std::optional<Container> live_of(const std::vector<Container>& all) {
  const auto rank = [](const Container& container) {
    return (has_taken_over(container) ? 2 : 0) + (is_active(container.status) ? 1 : 0);
  };
  const auto best = std::ranges::max_element(all, {}, rank);
  if (best == all.end() || rank(*best) == 0) return std::nullopt;
  return *best;
}

// What it was made of, as its label tells, with what somebody may have changed since.
Value managed_of(const Container& live) {
  const auto told = parse_json(label_of(live.labels, inputs_label), JsonMode::plain);
  Value managed = told && told->map() ? *told : Value(Value::Map{});
  const auto inputs = service_table().decode(managed);
  const std::uint64_t limit = inputs && inputs->memory ? inputs->memory->count : 0;
  const auto memory = static_cast<std::uint64_t>(live.memory);
  if (memory != 0 && memory != limit)
    managed["memory"] = format_size(memory); // 0: this kernel limits nothing
  managed["restart"] = live.restart_policy;
  if (!is_active(live.status)) managed["status"] = live.status;
  return managed;
}

std::string condition_of(const Container& live) {
  if (!is_active(live.status)) return fmt::format("{} with exit status {}", live.status, live.exit_code);
  if (live.status == "restarting") return fmt::format("restarting ({}x)", live.restarts);
  return live.health == "unhealthy" ? "unhealthy" : "";
}

constexpr std::size_t shown_digits = 12;

// "sha256:..." of what it was made of: the registry's digest, else the engine's id.
std::string digest_of(const Container& live) {
  const auto at = live.image.rfind('@');
  return at == std::string::npos ? live.image_id : live.image.substr(at + 1);
}

std::string shortened(const std::string& digest) {
  return digest.substr(0, std::min(digest.find(':'), digest.size()) + 1 + shown_digits);
}

// The inputs that do not stand any more as the container was made with them.
Value drift_of(const Container& live, const Value& managed) {
  const auto told = parse_json(label_of(live.labels, inputs_label), JsonMode::plain);
  Value::List drift;
  if (!told) drift.emplace_back("labels");
  if (told && text_at(managed, "memory") != text_at(*told, "memory")) drift.emplace_back("memory");
  if (managed.find("status")) drift.emplace_back("status");
  return drift;
}

// Foreign containers that hold a port which this service is to publish.
std::vector<std::string> taken_ports(const std::vector<ContainerLine>& lines, const Labels& own,
                                     const ServiceInputs& inputs) {
  std::vector<std::string> reasons;
  for (const int port : public_ports(inputs))
    for (const ContainerLine& line : lines)
      if (!deployctl::docker::are_in(own, line.labels) &&
          std::ranges::find(line.ports, port) != line.ports.end())
        reasons.push_back(fmt::format("port {} is held by the container '{}', which is not of this service",
                                      port, line.name));
  return reasons;
}

Value names_of(const std::vector<Container>& all) {
  Value::List names;
  for (const Container& container : all) names.emplace_back(container.name);
  return names;
}

Observation observation(const ServiceState& state, const std::string& stack) {
  Observation seen{
      .exists = state.live.has_value(), .managed = Value::Map{}, .facts = Value::Map{{"stack", stack}}};
  seen.facts["containers"] = names_of(state.all);
  std::vector<Container> active = state.all;
  std::erase_if(active, [](const Container& one) { return !is_active(one.status) && !has_taken_over(one); });
  seen.facts["active"] = names_of(active);
  if (!state.live) return seen;
  const Container& live = *state.live;
  seen.managed = managed_of(live);
  seen.healthy = condition_of(live).empty();
  seen.facts["container"] = live.name;
  seen.facts["image"] = live.image;
  seen.facts["digest"] = digest_of(live);
  seen.facts["release"] = label_of(live.labels, release_label);
  seen.facts["health"] = live.health.empty() ? live.status : live.health;
  seen.facts["drift"] = drift_of(live, seen.managed);
  return seen;
}

// The ports that only the host can tell of: whoever listens there is no container.
std::vector<int> ports_of_nobody(const std::vector<ContainerLine>& lines, const ServiceInputs& inputs) {
  std::vector<int> ports = open_ports(inputs);
  std::erase_if(ports, [&](int port) {
    return std::ranges::any_of(lines, [&](const ContainerLine& line) {
      return std::ranges::find(line.ports, port) != line.ports.end();
    });
  });
  return ports;
}

// Of an archive that is to be sent; an engine that does not say where it keeps images is believed.
Result<HostNeeds> needs_of(ReadSession& session, const Engine& engine, const ServiceInputs& inputs) {
  HostNeeds needs;
  if (inputs.archive.is_null()) return needs;
  DEPLOYCTL_TRY(const auto found, engine.find_image(plain_image(inputs.image), session.stop));
  if (found) return needs;
  needs.bytes = static_cast<std::uint64_t>(number_at(inputs.archive, "size").value_or(0));
  if (const auto info = engine.info(session.stop)) needs.folder = text_at(*info, "DockerRootDir");
  return needs;
}

// What would stop the service on that host as it is.
Result<std::vector<std::string>> obstacles(ReadSession& session, const Engine& engine, const Host& host,
                                           const ServiceState& state, const Labels& own,
                                           const ServiceInputs& inputs) {
  std::vector<std::string> reasons;
  std::vector<int> ports;
  if (!inputs.ports.empty()) {
    DEPLOYCTL_TRY(const auto lines, engine.list_containers({}, session.stop));
    reasons = taken_ports(lines, own, inputs);
    ports = ports_of_nobody(lines, inputs);
  }
  const std::string image = plain_image(inputs.image);
  HostNeeds needs;
  if (!state.live || state.live->image != image) {
    DEPLOYCTL_TRY(std::string why, image_obstacle(session, engine, image, inputs.archive));
    if (!why.empty()) reasons.push_back(std::move(why));
    DEPLOYCTL_TRY(needs, needs_of(session, engine, inputs));
  }
  needs.ports = std::move(ports);
  DEPLOYCTL_TRY(const auto others, host_obstacles(session.ports, host, needs, session.stop));
  reasons.insert(reasons.end(), others.begin(), others.end());
  return reasons;
}

Result<Observation> look(ReadSession& session, const Ask& ask) {
  DEPLOYCTL_TRY(const Host host, host_of(ask));
  DEPLOYCTL_TRY(const Engine engine, engine_of(session.connection, session.ports, host, session.stop));
  const std::string& stack = stack_of(session.connection);
  const std::string service = service_name(ask);
  DEPLOYCTL_TRY(const ServiceState state, service_state(engine, stack, service, session.stop));
  Observation seen = observation(state, stack);
  seen.facts["engine"] =
      Value::Map{{"version", engine.endpoint().engine}, {"api", engine.endpoint().version}};
  HostState words{.observed_at = format_time(session.ports.clock.wall())};
  if (state.live) {
    words.now = state.live->name + " " + shortened(digest_of(*state.live));
    words.since = state.live->started_at;
    words.changed_by = "run " + label_of(state.live->labels, run_label);
    words.condition = condition_of(*state.live);
  }
  if (ask.inputs)
    if (const auto inputs = service_table().decode(*ask.inputs)) {
      const Labels own = service_labels(stack, service);
      DEPLOYCTL_TRY(words.blocked, obstacles(session, engine, host, state, own, *inputs));
      const ServiceRouting routing(*inputs, session.connection, service, session.ports, host, session.stop);
      DEPLOYCTL_CHECK(add_routing(seen, words.blocked, routing, *inputs, state));
    }
  add_state(seen.facts, words);
  return seen;
}

} // namespace

Labels service_labels(const std::string& stack, const std::string& service) {
  return {{stack_label, stack}, {kind_label, "service"}, {service_label, service}};
}

std::string service_name(const Ask& ask) {
  const std::string name = text_at(ask.inputs ? *ask.inputs : ask.recorded, "name");
  return name.empty() ? ask.step : name;
}

bool has_taken_over(const Container& container) {
  return !container.restart_policy.empty() && container.restart_policy != "no";
}

bool is_retired(const Container& container) {
  return !is_active(container.status) && !has_taken_over(container);
}

std::string container_name(const std::string& service, const std::string& digest) {
  return service + "-" + digest.substr(0, digest_part);
}

Result<ServiceState> service_state(const Engine& engine, const std::string& stack, const std::string& service,
                                   const std::stop_token& stop) {
  ServiceState state;
  DEPLOYCTL_TRY(const std::vector<ContainerLine> lines,
                engine.list_containers(service_labels(stack, service), stop));
  for (const ContainerLine& line : lines) {
    DEPLOYCTL_TRY(std::optional<Container> found, engine.find_container(line.id, stop));
    if (found) state.all.push_back(*std::move(found)); // one that went meanwhile is gone
  }
  state.live = live_of(state.all);
  return state;
}

std::vector<Result<Observation>> observe_services(ReadSession& session, std::span<const Ask> asks) {
  std::vector<Result<Observation>> answers;
  answers.reserve(asks.size());
  for (const Ask& ask : asks) answers.push_back(look(session, ask));
  return answers;
}

} // namespace deployctl::providers::docker
