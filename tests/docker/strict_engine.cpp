#include "docker/strict_engine.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"

namespace deployctl::tests {
namespace {

Reply json(int status, const Value& value) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = to_json(value, JsonMode::plain)};
}

Reply refusal(int status, const std::string& message) {
  return json(status, Value::Map{{"message", message}});
}

std::map<std::string, std::string> query_of(std::string_view text) {
  std::map<std::string, std::string> query;
  for (const std::string_view pair : split(text, '&')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    query.emplace(pair.substr(0, equals), percent_decode(pair.substr(equals + 1)).value());
  }
  return query;
}

// Of "/images/NAME/json".
std::string subject_of(const std::string& path, std::string_view before) {
  constexpr std::string_view behind = "/json";
  return percent_decode(path.substr(before.size(), path.size() - before.size() - behind.size())).value();
}

Value member(const Value& value, const char* name) {
  const Value* found = value.find(name);
  return found ? *found : Value(Value::Map{});
}

// The ports of the host that it asks for.
std::vector<std::string> host_ports(const EngineContainer& container) {
  std::vector<std::string> ports;
  const Value bindings = member(member(container.body, "HostConfig"), "PortBindings");
  for (const auto& [inside, all] : *bindings.map())
    for (const Value& one : *all.list()) ports.push_back(text_at(one, "HostPort"));
  return ports;
}

Value::List port_rows(const EngineContainer& container) {
  Value::List rows;
  if (container.status == "running")
    for (const std::string& port : host_ports(container))
      rows.push_back(Value::Map{{"PublicPort", parse_json(port, JsonMode::plain).value()}});
  return rows;
}

Value of_container(const std::string& name, const EngineContainer& container) {
  const Value* labels = container.body.find("Labels");
  return Value::Map{{"Id", container.id},
                    {"Name", "/" + name},
                    {"Image", StrictEngine::image},
                    {"Config", Value::Map{{"Image", text_at(container.body, "Image")},
                                          {"Labels", labels ? *labels : Value()}}},
                    {"HostConfig", member(container.body, "HostConfig")},
                    {"State", Value::Map{{"Status", container.status},
                                         {"ExitCode", container.exit_code},
                                         {"OOMKilled", container.out_of_memory},
                                         {"Error", container.error}}}};
}

bool has_labels(const EngineContainer& container, const std::vector<std::string>& wanted) {
  const auto labels = text_map_at(container.body, "Labels");
  return std::ranges::all_of(wanted, [&](const std::string& pair) {
    const auto equals = pair.find('=');
    const auto found = labels.find(pair.substr(0, equals));
    return found != labels.end() && found->second == pair.substr(equals + 1);
  });
}

} // namespace

StrictEngine::StrictEngine()
    : server_([this](const Received& received) { return answer(received); }, socket_) {}

std::size_t StrictEngine::count(const std::string& method, const std::string& part) const {
  const auto all = requests();
  return static_cast<std::size_t>(std::ranges::count_if(all, [&](const Received& received) {
    return received.method == method && received.target.find(part) != std::string::npos;
  }));
}

std::vector<std::string> StrictEngine::names() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, container] : containers_) names.push_back(name);
  return names;
}

EngineContainer StrictEngine::container(const std::string& name) const {
  const std::scoped_lock lock(mutex_);
  return containers_.at(name);
}

void StrictEngine::start(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  run(containers_.at(name));
}

void StrictEngine::end(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  containers_.at(name).status = "exited";
}

void StrictEngine::change(const std::string& name, const Value::Map& host_settings) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [key, value] : host_settings) containers_.at(name).body["HostConfig"][key] = value;
}

void StrictEngine::forget(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  containers_.erase(name);
}

void StrictEngine::offer(const std::string& reference, const std::string& architecture) {
  const std::scoped_lock lock(mutex_);
  offered_[reference] = architecture;
}

Reply StrictEngine::answer(const Received& received) {
  if (rule)
    if (const auto instead = rule(received)) return *instead;
  const std::string target = received.target;
  const auto mark = std::min(target.find('?'), target.size());
  const Query query = query_of(std::string_view(target).substr(std::min(mark + 1, target.size())));
  std::string path = target.substr(0, mark);
  if (path == "/version")
    return json(200, Value::Map{{"Version", "20.10.24"},
                                {"ApiVersion", api},
                                {"MinAPIVersion", "1.12"},
                                {"Os", "linux"},
                                {"Arch", "amd64"}});
  const std::string version = "/v" + api;
  if (!path.starts_with(version + "/")) return refusal(400, "client version is not " + api);
  path.erase(0, version.size());
  const std::scoped_lock lock(mutex_);
  return serve(received, path, query);
}

Reply StrictEngine::serve(const Received& received, const std::string& path, const Query& query) {
  if (path.starts_with("/images/")) return images(received, path, query);
  if (path.starts_with("/distribution/")) return distribution(path);
  if (path == "/containers/json") return list(query);
  if (path == "/containers/create") return create(received, query);
  const std::vector<std::string_view> parts = split(path, '/'); // "", "containers", NAME, VERB
  if (parts.size() < 3 || parts[1] != "containers") return refusal(404, "page not found");
  const std::string name = find(std::string(parts[2]));
  if (name.empty()) return refusal(404, fmt::format("No such container: {}", parts[2]));
  return act(received, name, parts.size() > 3 ? std::string(parts[3]) : "", query);
}

Reply StrictEngine::distribution(const std::string& path) const {
  const auto found = offered_.find(subject_of(path, "/distribution/"));
  if (found == offered_.end()) return refusal(404, "manifest unknown: manifest unknown");
  Value::List platforms;
  if (!found->second.empty())
    platforms.emplace_back(Value::Map{{"os", "linux"}, {"architecture", found->second}});
  return json(200, Value::Map{{"Platforms", std::move(platforms)}});
}

Reply StrictEngine::images(const Received& received, const std::string& path, const Query& query) {
  if (path == "/images/load") {
    if (!received.body.starts_with("sha256:"))
      return {.body = "{\"errorDetail\":{\"message\":\"x\"},\"error\":\"unexpected EOF\"}\r\n"};
    images_.insert(received.body);
    return {.body = "{\"stream\":\"Loaded image ID\"}\r\n"};
  }
  if (received.method == "POST") {
    const std::string wanted = query.at("fromImage");
    if (!offered_.contains(wanted))
      return refusal(404, "manifest for " + wanted + " not found: manifest unknown");
    images_.insert(wanted);
    return {.body = "{\"status\":\"Status: Downloaded newer image\"}\r\n"};
  }
  const std::string name = subject_of(path, "/images/");
  if (!images_.contains(name)) return refusal(404, "No such image: " + name);
  return json(200, Value::Map{{"Id", image}, {"RepoDigests", Value::List{name}}, {"Architecture", "amd64"}});
}

Reply StrictEngine::list(const Query& query) const {
  const auto wanted = query.find("filters");
  const Value filters = wanted == query.end() ? Value() : parse_json(wanted->second, JsonMode::plain).value();
  Value::List rows;
  for (const auto& [name, container] : containers_)
    if (has_labels(container, texts_at(filters, "label")))
      rows.push_back(Value::Map{{"Id", container.id},
                                {"Names", Value::List{"/" + name}},
                                {"State", container.status},
                                {"Created", parse_json(container.id.substr(1), JsonMode::plain).value()},
                                {"Ports", port_rows(container)},
                                {"Labels", member(container.body, "Labels")}});
  return json(200, rows);
}

Reply StrictEngine::create(const Received& received, const Query& query) {
  const std::string name = query.at("name");
  if (containers_.contains(name)) return refusal(409, "Conflict. The container name is already in use");
  const Value body = parse_json(received.body, JsonMode::plain).value();
  if (!images_.contains(text_at(body, "Image")))
    return refusal(404, "No such image: " + text_at(body, "Image"));
  const std::string id = fmt::format("c{}", 1'000'000'000'000 + ++next_id_);
  containers_[name] = {.id = id, .body = body};
  return json(201, Value::Map{{"Id", id}, {"Warnings", Value::List{}}});
}

Reply StrictEngine::inspect(const std::string& name, const EngineContainer& container) const {
  Value answer = of_container(name, container);
  if (container.status == "running" && container.body.find("Healthcheck"))
    answer["State"]["Health"] = Value::Map{{"Status", health}};
  return json(200, answer);
}

Reply StrictEngine::begin(EngineContainer& container) {
  for (const auto& [name, other] : containers_)
    for (const std::string& port : host_ports(container)) {
      const auto held = host_ports(other);
      if (other.status == "running" && std::ranges::find(held, port) != held.end())
        return refusal(500, "driver failed: Bind for 0.0.0.0:" + port + " failed: port is already allocated");
    }
  run(container);
  return container.error.empty() ? Reply{.status = 204} : refusal(400, container.error);
}

Reply StrictEngine::act(const Received& received, const std::string& name, const std::string& verb,
                        const Query& query) {
  EngineContainer& container = containers_.at(name);
  const bool runs = container.status == "running";
  if (received.method == "DELETE") {
    if (runs) return refusal(409, "You cannot remove a running container");
    containers_.erase(name);
    return {.status = 204};
  }
  if (verb == "json") return inspect(name, container);
  if (verb == "update") {
    const Value settings = parse_json(received.body, JsonMode::plain).value();
    for (const auto& [key, value] : *settings.map()) container.body["HostConfig"][key] = value;
    return json(200, Value::Map{{"Warnings", Value::List{}}});
  }
  if (verb == "logs" && runs && query.contains("follow")) return {.way = Reply::Way::stall};
  if (verb == "logs") return {.body = container.output};
  if (verb == "wait" && runs) return {.way = Reply::Way::stall};
  if (verb == "wait") return json(200, Value::Map{{"StatusCode", container.exit_code}});
  if (verb == "start") return runs ? Reply{.status = 304} : begin(container);
  if (!runs) return verb == "stop" ? Reply{.status = 304} : refusal(409, "Container is not running");
  container.status = "exited";
  container.exit_code = verb == "stop" ? 143 : 137;
  return {.status = 204};
}

std::string StrictEngine::find(const std::string& name_or_id) const {
  for (const auto& [name, container] : containers_)
    if (name == name_or_id || container.id == name_or_id) return name;
  return {};
}

void StrictEngine::say(EngineContainer& container, char stream, const std::string& line) {
  const std::string payload = fmt::format("2026-01-01T00:00:00.{:09}Z {}\n", ++next_time_, line);
  container.output += {stream, 0, 0, 0};
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    container.output.push_back(static_cast<char>((payload.size() >> shift) & 0xffU));
  container.output += payload;
}

void StrictEngine::run(EngineContainer& container) {
  std::vector<std::string> words = texts_at(container.body, "Cmd");
  const std::string verb = words.empty() ? "echo" : words.front();
  if (verb == "nowhere") {
    container.error = "exec: \"nowhere\": executable file not found in $PATH: unknown";
    container.exit_code = 127;
    return;
  }
  container.status = verb == "sleep" ? "running" : "exited";
  if (verb == "echo") {
    if (!words.empty()) words.erase(words.begin());
    say(container, 1, join(words, " "));
  }
  if (verb == "fail") {
    container.exit_code = 3;
    for (const std::string& variable : texts_at(container.body, "Env")) {
      say(container, 1, variable);
      say(container, 2, variable);
    }
  }
  if (verb == "greedy") {
    container.exit_code = 137;
    container.out_of_memory = true;
    say(container, 2, "allocating");
  }
}

} // namespace deployctl::tests
