#include "providers/docker/proxy_inputs.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/strings.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr std::int64_t highest_port = 65'535;
constexpr std::array<const char*, 3> proxy_names = {"caddy", "haproxy", "nginx"};

Table<CaddyInputs> caddy_table() {
  return Table<CaddyInputs>()
      .add(
          &CaddyInputs::site,
          {.name = "site",
           .help = "The site as in a Caddyfile; Caddy sees to its certificate unless it begins with http://.",
           .example = "app.example.com",
           .required = true,
           .managed = false,
           .pattern = "(https?://)?[A-Za-z0-9*][A-Za-z0-9*.-]*(:[0-9]{1,5})?"})
      .add(&CaddyInputs::admin, {.name = "admin",
                                 .help = "Where Caddy's admin API answers on the host.",
                                 .example = "http://127.0.0.1:2020",
                                 .fallback = "http://localhost:2019",
                                 .managed = false,
                                 .pattern = R"(http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]{1,5})?)"});
}

Table<HaproxyInputs> haproxy_table() {
  const Field server = {.name = "servers",
                        .help = "The name of one server of the backend.",
                        .example = "blue",
                        .pattern = "[A-Za-z0-9_.:-]+"};
  return Table<HaproxyInputs>()
      .add(&HaproxyInputs::backend,
           {.name = "backend",
            .help = "The backend of HAProxy's configuration whose servers take turns.",
            .example = "api",
            .required = true,
            .managed = false,
            .pattern = "[A-Za-z0-9_.:-]+"})
      .add(&HaproxyInputs::socket, {.name = "socket",
                                    .type = FieldType::path,
                                    .help = "The socket of the runtime API, with 'level admin'.",
                                    .example = "/run/haproxy/api.sock",
                                    .fallback = "/run/haproxy/admin.sock",
                                    .managed = false,
                                    .pattern = "/.*"})
      .add(&HaproxyInputs::servers, {.name = "servers",
                                     .type = FieldType::list,
                                     .help = "The two servers of the backend that take turns.",
                                     .example = "[api1, api2]",
                                     .fallback = Value(Value::List{"blue", "green"}),
                                     .managed = false,
                                     .least = 2,
                                     .most = 2,
                                     .element = {server}})
      .add(&HaproxyInputs::state_file,
           {.name = "state_file",
            .type = FieldType::path,
            .help =
                "The file from which HAProxy loads its servers' state when it starts ('server-state-file'); "
                "written after each switch.",
            .example = "/var/lib/haproxy/server-state",
            .managed = false,
            .pattern = "/.*"});
}

Table<NginxInputs> nginx_table() {
  return Table<NginxInputs>()
      .add(&NginxInputs::upstream, {.name = "upstream",
                                    .help = "The upstream that the site's 'proxy_pass' names.",
                                    .example = "api",
                                    .required = true,
                                    .managed = false,
                                    .pattern = "[A-Za-z0-9_.-]+"})
      .add(&NginxInputs::file,
           {.name = "file",
            .type = FieldType::path,
            .help =
                "The file that is written, inside what nginx's configuration includes below 'http'; without "
                "it /etc/nginx/conf.d/deployctl-UPSTREAM.conf.",
            .example = "/etc/nginx/upstreams/api.conf",
            .managed = false,
            .pattern = "/.*"})
      .add(&NginxInputs::config, {.name = "config",
                                  .type = FieldType::path,
                                  .help = "The configuration that nginx was started with, to check it.",
                                  .example = "/usr/local/nginx/conf/nginx.conf",
                                  .fallback = "/etc/nginx/nginx.conf",
                                  .managed = false,
                                  .pattern = "/.*"})
      .add(&NginxInputs::pid, {.name = "pid",
                               .type = FieldType::path,
                               .help = "The file with the process number of nginx's master.",
                               .example = "/var/run/nginx.pid",
                               .fallback = "/run/nginx.pid",
                               .managed = false,
                               .pattern = "/.*"});
}

void check_port(std::vector<InputProblem>& problems, const Value& inputs) {
  const Value* port = inputs.find("port");
  if (!port || port->is_null()) return;
  const std::vector<int> turns = ports_in_turn(*port);
  if (turns.size() < 2) return;
  if (turns[0] == turns[1])
    problems.push_back(
        {.path = "port", .message = fmt::format("{} cannot take turns with itself", turns[0])});
  if (text_at(inputs, "network") != "host")
    problems.push_back({.path = "port",
                        .message = "containers take turns with two ports on the host's own network only",
                        .help = "write one port, or 'network: host'"});
  const Value* variables = inputs.find("env");
  if (variables && variables->find("PORT"))
    problems.push_back({.path = "env",
                        .message = "with two ports PORT tells a container which is its own",
                        .help = "leave out PORT"});
}

} // namespace

Field port_field() {
  const Field one = {.name = "port",
                     .type = FieldType::integer,
                     .help = "A port on which the container listens.",
                     .example = "8000",
                     .least = 1,
                     .most = highest_port};
  return {.name = "port",
          .type = FieldType::any,
          .help =
              "The port on which the container listens; on the host's own network two that containers take "
              "turns with, told to each in PORT.",
          .example = "8000",
          .element = {one,
                      {.name = "port",
                       .type = FieldType::list,
                       .help = "Two ports that containers on the host's own network take turns with.",
                       .example = "[8001, 8002]",
                       .least = 2,
                       .most = 2,
                       .element = {one}}}};
}

Table<ProxyInputs> proxy_table() {
  Table<ProxyInputs> table;
  table
      .object(&ProxyInputs::caddy,
              {.name = "caddy", .help = "A site of Caddy, by its admin API.", .managed = false},
              caddy_table())
      .object(&ProxyInputs::haproxy,
              {.name = "haproxy", .help = "A backend of HAProxy, by its runtime API.", .managed = false},
              haproxy_table())
      .object(&ProxyInputs::nginx,
              {.name = "nginx", .help = "An upstream of nginx, by a file and a reload.", .managed = false},
              nginx_table())
      .add(&ProxyInputs::drain,
           {.name = "drain",
            .type = FieldType::duration,
            .help = "How long the old container may take to answer what it was sent before the switch.",
            .example = "2m",
            .fallback = "30s",
            .managed = false,
            .least = 0,
            .most = 86'400'000});
  return table;
}

void check_proxy(std::vector<InputProblem>& problems, const Value& inputs) {
  check_port(problems, inputs);
  const Value* proxy = inputs.find("proxy");
  if (!proxy || !proxy->map()) return;
  const auto written = std::ranges::count_if(proxy_names, [&](const char* name) {
    const Value* found = proxy->find(name);
    return found && !found->is_null();
  });
  if (written != 1)
    problems.push_back({.path = "proxy", .message = "write one of 'caddy', 'haproxy' and 'nginx'"});
  const Value* port = inputs.find("port");
  if (!port || port->is_null())
    problems.push_back({.path = "proxy",
                        .message = "a proxy must know the port on which the container listens",
                        .help = "write 'port'"});
  const Value* caddy = proxy->find("caddy");
  if (const std::string site = caddy ? text_at(*caddy, "site") : std::string();
      !site.empty() && !parse_site(site))
    problems.push_back({.path = "proxy.caddy.site",
                        .message = fmt::format("'{}' is no site", site),
                        .help = "for example app.example.com, or http://app.example.com:8080"});
}

std::vector<int> ports_in_turn(const Value& port) {
  std::vector<int> ports;
  const auto add = [&](const Value& one) {
    const auto* number = one.get<std::int64_t>();
    if (number && *number > 0 && *number <= highest_port) ports.push_back(static_cast<int>(*number));
  };
  add(port);
  if (port.list())
    for (const Value& one : *port.list()) add(one);
  return ports;
}

std::unique_ptr<const Proxy> make_proxy(const ProxyInputs& inputs, const std::string& stack,
                                        const std::string& service) {
  if (inputs.caddy)
    return std::make_unique<const Caddy>(
        *inputs.caddy, fmt::format("deployctl.{}.{}", replace_all(stack, "/", "."), service));
  if (inputs.haproxy) return std::make_unique<const Haproxy>(*inputs.haproxy);
  if (inputs.nginx) return std::make_unique<const Nginx>(*inputs.nginx, fmt::format("{} {}", stack, service));
  throw std::logic_error("a service's proxy is none that there is");
}

std::vector<Operation> proxy_operations() {
  std::vector<Operation> all = caddy_operations();
  for (const auto& more : {haproxy_operations(), nginx_operations()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

} // namespace deployctl::providers::docker
