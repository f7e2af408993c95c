#include "providers/docker/caddy.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr const char* servers_path = "/config/apps/http/servers";
constexpr const char* upstreams_path = "/reverse_proxy/upstreams";
constexpr const char* id_prefix = "deployctl.";
constexpr Milliseconds change_time{60'000}; // a configuration with many sites takes its time to load

// Caddy opens its ports anew with each configuration; whether what has come to the old ones moves over to the
// new ones is the kernel's matter, from Linux 5.14 on.
constexpr std::string_view migrate_setting = "/proc/sys/net/ipv4/tcp_migrate_req";
const std::string caddy_kernel_script =
    std::string(script_prelude) + fmt::format("cat {} 2>/dev/null || echo none\n", migrate_setting);
constexpr const char* connections_are_lost =
    "a few connections that come while Caddy opens its ports anew can be reset; none with "
    "net.ipv4.tcp_migrate_req=1 on the host (Linux 5.14)";

// What a path leads to that is not there is no error of ours: nothing has been configured yet.
Result<Value> json_of(const ProxyAnswer& answer, std::string_view what) {
  if (answer.status == 400 || answer.status == 404) return Value();
  if (answer.status != 200)
    return fail(answer.status == 403 ? Cause::permission : Cause::network,
                fmt::format("Caddy answers {} when asked for {}", answer.status, what));
  return parse_json(answer.text, JsonMode::plain).map_error([&](Error error) {
    error.cause = Cause::network;
    return std::move(error).in(fmt::format("while reading Caddy's {}", what));
  });
}

std::vector<std::string> dials_of(const Value& route) {
  std::vector<std::string> dials;
  for (const Value& handler : list_at(route, "handle"))
    for (const Value& upstream : list_at(handler, "upstreams")) dials.push_back(text_at(upstream, "dial"));
  return dials;
}

bool is_for(const Value& route, const std::string& host) {
  const Value::List& matchers = list_at(route, "match");
  return std::ranges::any_of(matchers, [&](const Value& matcher) {
    const std::vector<std::string> hosts = texts_at(matcher, "host");
    return std::ranges::find(hosts, host) != hosts.end();
  });
}

bool listens_on(const Value& server, int port) {
  const std::vector<std::string> addresses = texts_at(server, "listen");
  return std::ranges::any_of(addresses,
                             [&](const std::string& address) { return port_at_end(address) == port; });
}

std::int64_t requests_at(const Value& upstreams, const std::string& address) {
  if (!upstreams.list()) return 0;
  std::int64_t sum = 0;
  for (const Value& upstream : *upstreams.list())
    if (text_at(upstream, "address") == address)
      sum += std::clamp<std::int64_t>(number_at(upstream, "num_requests").value_or(0), 0, 1'000'000);
  return sum;
}

} // namespace

struct Caddy::Found {
  std::string tag;
  std::string server;             // that has our route; empty: none
  std::vector<std::string> dials; // of our route
  bool is_as_written = false;     // our route is what we would write with these upstreams
  bool is_alone = false;          // our route is the only one of a server that is ours too
  std::string listener;           // the server that listens on the site's port; empty: none
  bool has_list = false;          // of routes
  bool has_routes = false;
  std::string rival; // the route of another service for the same host
  std::int64_t in_flight = 0;
  bool loses_connections = false;
};

Caddy::Caddy(CaddyInputs inputs, std::string id)
    : inputs_(std::move(inputs)), id_(std::move(id)), site_(parse_site(inputs_.site).value_or(CaddySite{})) {}

std::string Caddy::words() const {
  return fmt::format("Caddy's site '{}'", inputs_.site);
}

ProxyCalls Caddy::look() const {
  return {request("caddy_servers", "GET", servers_path, {}, {}),
          request("caddy_upstreams", "GET", upstreams_path, {}, {}),
          HostCommand{.operation = "caddy_kernel", .script = caddy_kernel_script}};
}

Result<Caddy::Found> Caddy::find(ProxyAnswers answers) const {
  if (answers.size() != 3) return fail(Cause::internal, "Caddy's host was asked three things");
  DEPLOYCTL_TRY(const Value servers, json_of(answers[0], "servers"));
  DEPLOYCTL_TRY(const Value upstreams, json_of(answers[1], "upstreams"));
  Found found{.tag = answers[0].tag, .loses_connections = trim(answers[2].text) != "1"};
  if (!servers.map()) return found;
  for (const auto& [name, server] : *servers.map()) {
    const Value* listed = server.find("routes");
    const Value::List& routes = list_at(server, "routes");
    if (found.listener.empty() && listens_on(server, site_.port)) {
      found.listener = name;
      found.has_list = listed && listed->list();
      found.has_routes = !routes.empty();
    }
    for (const Value& one : routes) {
      const std::string id = text_at(one, "@id");
      if (id == id_) {
        found.server = name;
        found.dials = dials_of(one);
        found.is_as_written = one == route(found.dials);
        found.is_alone = routes.size() == 1 && name == own_server();
      } else if (id.starts_with(id_prefix) && is_for(one, site_.host) && listens_on(server, site_.port)) {
        found.rival = id;
      }
    }
  }
  for (std::size_t i = 1; i < found.dials.size(); ++i)
    found.in_flight += requests_at(upstreams, found.dials[i]);
  return found;
}

Result<ProxyState> Caddy::read(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const Found found, find(answers));
  ProxyState state{.in_flight = found.in_flight};
  const bool is_right = found.is_as_written && found.server == found.listener;
  if (!found.dials.empty()) state.targets = {found.dials.front()};
  state.is_loaded = found.server.empty() || is_right;
  if (found.loses_connections) state.noticed = connections_are_lost;
  if (!found.rival.empty())
    state.blocked.push_back(
        fmt::format("Caddy has a route for '{}' that is another service's: '{}'", site_.host, found.rival));
  return state;
}

Result<ProxyCalls> Caddy::toward(ProxyAnswers answers, const std::string& target) const {
  DEPLOYCTL_TRY(const Found found, find(answers));
  if (!found.server.empty() && found.server != found.listener)
    return ProxyCalls{request("caddy_remove", "DELETE", "/id/" + id_, {}, found.tag)}; // the port is another
  std::vector<std::string> upstreams = {target};
  if (!found.dials.empty() && found.dials.front() != target) upstreams.push_back(found.dials.front());
  const Value wanted = route(upstreams);
  if (found.server.empty()) return ProxyCalls{addition(found, wanted)};
  return ProxyCalls{request("caddy_replace", "PATCH", "/id/" + id_, wanted, found.tag)};
}

// Before the routes that are there: a route without a host would take everything.
ProxyCall Caddy::addition(const Found& found, const Value& added) const {
  if (found.listener.empty()) {
    Value server =
        Value::Map{{"listen", Value::List{fmt::format(":{}", site_.port)}}, {"routes", Value::List{added}}};
    if (!site_.has_tls) server["automatic_https"] = Value::Map{{"disable", true}};
    return request("caddy_insert", "PUT", fmt::format("{}/{}", servers_path, own_server()), server,
                   found.tag);
  }
  const std::string routes = fmt::format("{}/{}/routes", servers_path, percent_encode(found.listener));
  if (found.has_routes) return request("caddy_insert", "PUT", routes + "/0", added, found.tag);
  return request("caddy_append", "POST", routes, found.has_list ? added : Value(Value::List{added}),
                 found.tag);
}

Result<ProxyCalls> Caddy::without_old(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const Found found, find(answers));
  if (found.dials.size() < 2) return ProxyCalls();
  return ProxyCalls{request("caddy_replace", "PATCH", "/id/" + id_, route({found.dials.front()}), found.tag)};
}

Result<ProxyCalls> Caddy::nowhere(ProxyAnswers answers) const {
  DEPLOYCTL_TRY(const Found found, find(answers));
  if (found.server.empty()) return ProxyCalls();
  const std::string path = found.is_alone ? fmt::format("{}/{}", servers_path, own_server()) : "/id/" + id_;
  return ProxyCalls{request("caddy_remove", "DELETE", path, {}, found.tag)};
}

Value Caddy::route(const std::vector<std::string>& upstreams) const {
  Value::List dials;
  for (const std::string& dial : upstreams) dials.push_back(Value::Map{{"dial", dial}});
  const Value first = Value::Map{{"selection_policy", Value::Map{{"policy", "first"}}}};
  return Value::Map{{"@id", id_},
                    {"match", Value::List{Value::Map{{"host", Value::List{site_.host}}}}},
                    {"handle", Value::List{Value::Map{{"handler", "reverse_proxy"},
                                                      {"load_balancing", first},
                                                      {"upstreams", std::move(dials)}}}},
                    {"terminal", true}};
}

std::string Caddy::own_server() const {
  return fmt::format("deployctl-{}", site_.port);
}

HttpRequest Caddy::request(const char* operation, const char* method, const std::string& path,
                           const Value& body, const std::string& tag) const {
  HttpRequest made{
      .operation = operation, .method = method, .url = inputs_.admin + path, .timeout = change_time};
  if (!tag.empty()) made.headers.emplace_back("If-Match", tag); // nobody has changed it meanwhile
  if (body.is_null()) return made;
  made.headers.emplace_back("Content-Type", "application/json");
  made.body = to_json(body, JsonMode::plain);
  return made;
}

std::vector<Operation> caddy_operations() {
  const std::string servers = servers_path;
  const auto row = [](const char* name, Effect effect, const char* method, std::string path,
                      const char* help) {
    return Operation{.name = name, .effect = effect, .help = help, .method = method, .path = std::move(path)};
  };
  return {
      row("caddy_servers", Effect::read, "GET", servers, "Asks Caddy for its servers and their routes."),
      row("caddy_upstreams", Effect::read, "GET", upstreams_path,
          "Asks Caddy how many requests each of its upstreams has to answer."),
      row("caddy_replace", Effect::write, "PATCH", "/id/deployctl\\.[A-Za-z0-9._-]+",
          "Leads the service's route in Caddy to another container."),
      row("caddy_insert", Effect::write, "PUT", servers + "/[^/]+(/routes/0)?",
          "Adds the service's route to Caddy, and a server where none listens."),
      row("caddy_append", Effect::write, "POST", servers + "/[^/]+/routes",
          "Adds the service's route to a server of Caddy that has none."),
      row("caddy_remove", Effect::write, "DELETE",
          "(/id/deployctl\\.[A-Za-z0-9._-]+|" + servers + "/deployctl-[0-9]+)",
          "Removes the service's route from Caddy."),
      {.name = "caddy_kernel",
       .effect = Effect::read,
       .protocol = Protocol::host,
       .help = "Reads whether connections survive when Caddy opens its ports anew.",
       .script = caddy_kernel_script},
  };
}

} // namespace deployctl::providers::docker
