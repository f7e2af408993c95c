#include "providers/docker/service_inputs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "net/url.hpp"
#include "providers/command.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/http_probe.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr std::array<const char*, 10> makes_container = {"image", "command", "env",  "volumes",   "network",
                                                         "ports", "port",    "user", "directory", "memory"};
constexpr std::array<const char*, 3> makes_check = {"command", "interval", "timeout"};
constexpr int highest_port = 65'535;

struct PublishedPort {
  std::string address; // of the host; empty: all
  std::string on_host;
  std::string inside; // "8000/tcp"
};

// "[ADDRESS:]HOST:CONTAINER[/PROTOCOL]"
PublishedPort port_of(std::string_view written) {
  const std::vector<std::string_view> parts = split(written, ':');
  if (parts.size() < 2) return {}; // the table has told already
  PublishedPort port{.on_host = std::string(parts[parts.size() - 2]), .inside = std::string(parts.back())};
  if (parts.size() > 2) port.address = parts.front();
  if (port.inside.find('/') == std::string::npos) port.inside += "/tcp";
  return port;
}

// 0: it is none.
int port_number(std::string_view digits) {
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number > 0 && number <= highest_port ? number : 0;
}

void add_if_written(Value& to, const Value& from, const char* name) {
  if (const Value* found = from.find(name); found && !found->is_null()) to[name] = *found;
}

bool writes_volume(const ServiceInputs& inputs) {
  return std::ranges::any_of(inputs.volumes,
                             [](const std::string& volume) { return !volume.ends_with(":ro"); });
}

// The path in the container of "SOURCE:TARGET[:ro]".
std::string_view target_of(std::string_view volume) {
  return split(volume, ':').at(1);
}

bool lies_in(std::string_view path, std::string_view directory) {
  return path == directory ||
         (path.starts_with(directory) && (directory.ends_with('/') || path[directory.size()] == '/'));
}

void check_persistent(std::vector<InputProblem>& problems, const Value& inputs) {
  const std::vector<std::string> volumes = texts_at(inputs, "volumes");
  for (const std::string& path : texts_at(inputs, "persistent"))
    if (std::ranges::none_of(volumes, [&](const std::string& volume) {
          return split(volume, ':').size() > 1 && lies_in(path, target_of(volume));
        }))
      problems.push_back(
          {.path = "persistent",
           .message = fmt::format("'{}' is not on a volume: it is lost with the container", path),
           .help = "add it to 'volumes'"});
}

void check_ports(std::vector<InputProblem>& problems, const Value& inputs) {
  const std::vector<std::string> ports = texts_at(inputs, "ports");
  for (const std::string& written : ports) {
    const PublishedPort port = port_of(written);
    if (port_number(port.on_host) == 0 || port_number(split(port.inside, '/').front()) == 0)
      problems.push_back(
          {.path = "ports", .message = fmt::format("'{}' is beyond the ports there are", written)});
  }
  const std::string network = text_at(inputs, "network");
  if (!ports.empty() && (network == "host" || network == "none"))
    problems.push_back({.path = "ports",
                        .message = fmt::format("nothing is published from the network '{}'", network),
                        .help = "leave out one of them"});
  if (!ports.empty() && text_at(inputs, "order") == "start_first")
    problems.push_back({.path = "order",
                        .message = "a port of the host cannot be held by two containers",
                        .help = "leave out 'ports', or 'order'"});
}

void check_probe(std::vector<InputProblem>& problems, const Value& inputs, const std::string& http) {
  const bool is_path = http.starts_with('/');
  const bool is_own = is_path || http.starts_with(':');
  if (const auto url = net::parse_url(is_own ? "http://127.0.0.1" + http : http); !url)
    problems.push_back(
        {.path = "health.http", .message = url.error().message, .help = "a URL, :8000/healthz or /healthz"});
  const Value* port = inputs.find("port");
  const std::size_t turns = port ? ports_in_turn(*port).size() : 0;
  if (is_path && (!port || port->is_null()))
    problems.push_back({.path = "health.http",
                        .message = fmt::format("the path '{}' is at no port", http),
                        .help = "write 'port', or :8000" + http});
  if (http.starts_with(':') && turns > 1)
    problems.push_back({.path = "health.http",
                        .message = fmt::format("'{}' is at one of two ports only", http),
                        .help = "write the path alone"});
}

void check_health(std::vector<InputProblem>& problems, const Value& inputs) {
  const Value* health = inputs.find("health");
  if (!health || !health->map()) return;
  const bool by_http = health->find("http");
  if (by_http == (health->find("command") != nullptr))
    problems.push_back({.path = "health", .message = "write either 'http' or 'command'"});
  if (const std::string http = text_at(*health, "http"); !http.empty()) check_probe(problems, inputs, http);
  for (InputProblem& problem : check_answer(*health, "health.")) problems.push_back(std::move(problem));
}

Value check_of(const ServiceHealth& health) {
  Value::List test = {"CMD"};
  test.insert(test.end(), health.command.begin(), health.command.end());
  const auto nanoseconds = [](Milliseconds time) { return std::chrono::nanoseconds(time).count(); };
  return Value::Map{{"Test", std::move(test)},
                    {"Interval", nanoseconds(health.interval)},
                    {"Timeout", nanoseconds(health.timeout)},
                    {"Retries", 3}};
}

void add_ports(Value::Map& body, Value& host, const std::vector<std::string>& ports) {
  Value::Map bindings;
  Value::Map exposed;
  for (const std::string& written : ports) {
    const PublishedPort port = port_of(written);
    exposed[port.inside] = Value::Map{};
    Value::List all = list_at(Value(bindings), port.inside);
    all.push_back(Value::Map{{"HostIp", port.address}, {"HostPort", port.on_host}});
    bindings[port.inside] = std::move(all);
  }
  body["ExposedPorts"] = std::move(exposed);
  host["PortBindings"] = std::move(bindings);
}

// Others in the network find it by the service's name, whichever container runs.
void add_network(Value::Map& body, Value& host, const std::string& network, const std::string& name) {
  host["NetworkMode"] = network;
  if (network == "host" || network == "none" || network == "bridge") return;
  body["NetworkingConfig"] =
      Value::Map{{"EndpointsConfig", Value::Map{{network, Value::Map{{"Aliases", Value::List{name}}}}}}};
}

} // namespace

std::vector<InputProblem> check_service(const Value& inputs) {
  std::vector<InputProblem> problems = check_command(inputs);
  check_container(problems, inputs);
  check_persistent(problems, inputs);
  check_ports(problems, inputs);
  check_proxy(problems, inputs);
  check_health(problems, inputs);
  return problems;
}

Value configuration_of(const Value& inputs) {
  Value configuration = Value::Map{};
  for (const char* name : makes_container) add_if_written(configuration, inputs, name);
  const Value* health = inputs.find("health");
  if (!health || !health->find("command")) return configuration;
  Value check = Value::Map{};
  for (const char* name : makes_check) add_if_written(check, *health, name);
  configuration["health"] = std::move(check);
  return configuration;
}

Value shown(const Value& value) {
  if (const auto* secret = value.get<Secret>()) return secret->version();
  if (const Value::List* list = value.list()) {
    Value::List all;
    for (const Value& one : *list) all.push_back(shown(one));
    return all;
  }
  if (!value.map()) return value;
  Value::Map all;
  for (const auto& [name, one] : *value.map()) all.emplace(name, shown(one));
  return all;
}

std::string configuration_digest(const std::string& stack, const std::string& name,
                                 const Value& configuration) {
  return sha256_hex(to_json(Value::Map{{"stack", stack}, {"name", name}, {"configuration", configuration}}));
}

std::string exclusive_because(const ServiceInputs& inputs) {
  if (inputs.order == "start_first") return {};
  if (inputs.order == "stop_first") return "'order' says so";
  if (!inputs.ports.empty())
    return fmt::format("port {} leads to one container only", join(inputs.ports, ", "));
  if (inputs.network == "host" && ports_in_turn(inputs.port).size() < 2)
    return "both would listen on the host's own ports";
  if (writes_volume(inputs)) return "both would write the same volume";
  return {};
}

std::vector<int> public_ports(const ServiceInputs& inputs) {
  std::vector<int> ports;
  for (const std::string& written : inputs.ports) ports.push_back(port_number(port_of(written).on_host));
  return ports;
}

std::vector<int> open_ports(const ServiceInputs& inputs) {
  std::vector<int> ports;
  for (const std::string& written : inputs.ports)
    if (const PublishedPort port = port_of(written); port.address.empty() && port.inside.ends_with("/tcp"))
      ports.push_back(port_number(port.on_host));
  return ports;
}

Result<Value> service_container(const ServiceInputs& inputs, const std::string& name,
                                const std::map<std::string, std::string>& labels, int port) {
  DEPLOYCTL_TRY(Value variables, environment_list(inputs.env));
  if (port != 0) variables.get<Value::List>()->emplace_back(fmt::format("PORT={}", port));
  Value host = Value::Map{{"Mounts", mount_list(inputs.volumes)},
                          {"RestartPolicy", Value::Map{{"Name", "no"}}}, // until it has taken over
                          {"LogConfig", log_settings()}};
  if (inputs.memory) add_memory(host, inputs.memory->count);
  Value::Map body = {
      {"Image", plain_image(inputs.image)}, {"Env", std::move(variables)}, {"Labels", label_map(labels)}};
  if (!inputs.ports.empty()) add_ports(body, host, inputs.ports);
  if (!inputs.network.empty()) add_network(body, host, inputs.network, name);
  if (!inputs.command.empty()) body["Cmd"] = Value::List(inputs.command.begin(), inputs.command.end());
  if (!inputs.user.empty()) body["User"] = inputs.user;
  if (!inputs.directory.empty()) body["WorkingDir"] = inputs.directory;
  if (inputs.health && !inputs.health->command.empty()) body["Healthcheck"] = check_of(*inputs.health);
  body["HostConfig"] = std::move(host);
  return Value(std::move(body));
}

} // namespace deployctl::providers::docker
