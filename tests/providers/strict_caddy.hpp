// Caddy's admin API in memory, as much of it as a route needs: what is not there cannot be changed, what is
// there is not added, and a change on the condition of an older state is refused. It keeps no connections:
// how many requests an upstream has to answer is what a test says. Not a product server: it trusts its
// clients.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "net/loopback_server.hpp"

namespace deployctl::tests {

class StrictCaddy {
public:
  explicit StrictCaddy(const std::string& unix_socket = {})
      : server_([this](const Received& received) { return answer(received); }, unix_socket) {}

  [[nodiscard]] std::string admin() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }
  [[nodiscard]] Value servers() const {
    const std::scoped_lock lock(mutex_);
    return servers_;
  }
  void configure(Value servers) {
    const std::scoped_lock lock(mutex_);
    servers_ = std::move(servers);
  }
  // Upstreams of the first route of that server, in order.
  [[nodiscard]] std::vector<std::string> dials(const std::string& server) const {
    std::vector<std::string> all;
    const Value there = servers();
    const Value* routes = there.find_path(server + ".routes");
    if (!routes || !routes->list() || routes->list()->empty()) return all;
    for (const Value& handler : list_at(routes->list()->front(), "handle"))
      for (const Value& upstream : list_at(handler, "upstreams")) all.push_back(text_at(upstream, "dial"));
    return all;
  }
  // Behind its clients' backs.
  void lead(const std::string& server, const std::string& dial) {
    const std::scoped_lock lock(mutex_);
    Value& route = routes_of(servers_[server]).front();
    Value& handler = route["handle"].get<Value::List>()->front();
    handler["upstreams"] = Value::List{Value::Map{{"dial", dial}}};
  }
  [[nodiscard]] std::size_t changes() const {
    const auto all = server_.requests();
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const Received& received) { return received.method != "GET"; }));
  }

  // How many requests an upstream has to answer; asked anew for each look.
  void count_requests(std::function<int(const std::string& address)> requests_at) {
    const std::scoped_lock lock(mutex_);
    requests_at_ = std::move(requests_at);
  }

private:
  static Reply json(const Value& value) {
    return {.headers = {{"Content-Type", "application/json"}}, .body = to_json(value, JsonMode::plain)};
  }
  static Reply refusal(int status, const std::string& why) {
    Reply reply = json(Value::Map{{"error", why}});
    reply.status = status;
    return reply;
  }
  static Value::List& routes_of(Value& server) {
    Value& routes = server["routes"];
    if (routes.is_null()) routes = Value::List{};
    return *routes.get<Value::List>();
  }

  [[nodiscard]] std::string tag() const {
    return "\"" + std::string(root) + " " + sha256_hex(to_json(servers_, JsonMode::plain)) + "\"";
  }

  Reply answer(const Received& received) {
    const std::scoped_lock lock(mutex_);
    if (received.target == "/reverse_proxy/upstreams") return upstreams();
    if (received.method == "GET" && received.target == root) {
      Reply reply = json(servers_);
      reply.headers.emplace_back("Etag", tag());
      return reply;
    }
    const auto condition = received.headers.find("if-match");
    if (condition != received.headers.end() && condition->second != tag())
      return refusal(412, "If-Match header did not match current config hash");
    const Value body = received.body.empty() ? Value() : parse_json(received.body, JsonMode::plain).value();
    if (received.target.starts_with("/id/")) return change_route(received, received.target.substr(4), body);
    if (!received.target.starts_with(root)) return refusal(404, "no such path");
    return change_server(received, received.target.substr(std::string(root).size() + 1), body);
  }

  Reply upstreams() {
    Value::List rows;
    for (auto& [name, server] : *servers_.get<Value::Map>())
      for (const Value& route : routes_of(server))
        for (const Value& handler : list_at(route, "handle"))
          for (const Value& upstream : list_at(handler, "upstreams")) {
            const std::string dial = text_at(upstream, "dial");
            rows.push_back(Value::Map{{"address", dial}, {"num_requests", requests_at_(dial)}, {"fails", 0}});
          }
    return json(rows);
  }

  Reply change_route(const Received& received, const std::string& id, const Value& body) {
    for (auto& [name, server] : *servers_.get<Value::Map>()) {
      Value::List& routes = routes_of(server);
      const auto found =
          std::ranges::find_if(routes, [&](const Value& route) { return text_at(route, "@id") == id; });
      if (found == routes.end()) continue;
      if (received.method == "PATCH") {
        *found = body;
        return {};
      }
      if (received.method != "DELETE") return refusal(405, "method not allowed");
      routes.erase(found);
      return {};
    }
    return refusal(404, "unknown object ID '" + id + "'");
  }

  Reply change_server(const Received& received, const std::string& path, const Value& body) {
    const std::vector<std::string_view> parts = split(path, '/');
    const std::string name = percent_decode(parts[0]).value();
    Value::Map& all = *servers_.get<Value::Map>();
    if (parts.size() == 1 && received.method == "DELETE")
      return all.erase(name) > 0 ? Reply{} : refusal(404, "gone");
    if (parts.size() == 1) {
      if (received.method != "PUT") return refusal(405, "method not allowed");
      return all.emplace(name, body).second ? Reply{} : refusal(409, "key already exists: " + name);
    }
    if (!all.contains(name)) return refusal(400, "invalid traversal path");
    Value& server = all.find(name)->second;
    if (received.method == "POST" && !server.find("routes")) {
      server["routes"] = body;
      return {};
    }
    Value::List& routes = routes_of(server);
    if (received.method == "POST") {
      routes.push_back(body);
      return {};
    }
    if (received.method != "PUT" || routes.empty()) return refusal(400, "array index out of bounds: 0");
    routes.insert(routes.begin(), body);
    return {};
  }

  static constexpr const char* root = "/config/apps/http/servers";

  mutable std::mutex mutex_; // guards what follows
  Value servers_ = Value::Map{};
  std::function<int(const std::string& address)> requests_at_ = [](const std::string&) { return 0; };
  LoopbackServer server_; // last: it uses the rest
};

} // namespace deployctl::tests
