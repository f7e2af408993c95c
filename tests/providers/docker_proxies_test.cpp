// The proxies of docker.service as values: what they are asked and told, by what they answered.
#include <catch2/catch.hpp>

#include <algorithm>

#include "base/json.hpp"
#include "base/pattern.hpp"
#include "providers/builtin.hpp"
#include "providers/docker/proxy_inputs.hpp"

using namespace deployctl;
using namespace deployctl::providers::docker;

namespace {

using Words = std::vector<std::string>;

constexpr const char* fresh = "127.0.0.1:8002";
constexpr const char* old = "127.0.0.1:8001";

// A call in one line; it must be what its row of the operation table says.
std::string told(const ProxyCall& call) {
  const std::vector<Operation> rows = proxy_operations();
  const auto row = [&](const std::string& name) { return *std::ranges::find(rows, name, &Operation::name); };
  if (const auto* command = std::get_if<HostCommand>(&call)) {
    CHECK(row(command->operation).script == command->script);
    std::string line = command->operation;
    for (const std::string& argument : command->arguments) line += " " + argument;
    return line;
  }
  const auto& request = std::get<HttpRequest>(call);
  const std::string path = request.url.substr(std::string("http://localhost:2019").size());
  CHECK(row(request.operation).method == request.method);
  CHECK(Pattern::compile(row(request.operation).path)->matches(path));
  return request.method + " " + path;
}

Words told(const Result<ProxyCalls>& calls) {
  REQUIRE(calls);
  Words lines;
  for (const ProxyCall& call : *calls) lines.push_back(told(call));
  return lines;
}

std::string body_of(const Result<ProxyCalls>& calls) {
  REQUIRE(calls);
  REQUIRE(calls->size() == 1);
  return *std::get<HttpRequest>(calls->front()).body.plain();
}

Caddy caddy(const std::string& site = "app.example.com") {
  return Caddy({.site = site, .admin = "http://localhost:2019"}, "deployctl.shop.production.api");
}

std::vector<ProxyAnswer> caddy_answers(const std::string& servers, const std::string& upstreams = "[]",
                                       const std::string& kernel = "1\n") {
  return {
      {.text = servers, .tag = "\"/config/apps/http/servers 1f\""}, {.text = upstreams}, {.text = kernel}};
}

std::string route(const std::string& dials) {
  return R"({"@id":"deployctl.shop.production.api","handle":[{"handler":"reverse_proxy","load_balancing":)"
         R"({"selection_policy":{"policy":"first"}},"upstreams":[)" +
         dials + R"(]}],"match":[{"host":["app.example.com"]}],"terminal":true})";
}

std::string server(const std::string& routes, const std::string& listen = ":443") {
  return R"({"srv0":{"listen":[")" + listen + R"("],"routes":[)" + routes + "]}}";
}

const std::string both = R"({"dial":"127.0.0.1:8002"},{"dial":"127.0.0.1:8001"})";

Haproxy haproxy(const std::string& state_file = {}) {
  return Haproxy({.backend = "api",
                  .socket = "/run/haproxy/admin.sock",
                  .servers = {"blue", "green"},
                  .state_file = state_file});
}

// As HAProxy 2.6 answers.
std::vector<ProxyAnswer> haproxy_answers(const std::string& blue, const std::string& green,
                                         int blue_sessions = 0, int green_sessions = 0) {
  const std::string tail = " 1 1 5 1 0 0 0 0 0 0 - ";
  const std::string end = " - 0 0 - - 0\n";
  const auto sessions = [](const char* name, int count) {
    return "api," + std::string(name) + ",0,0," + std::to_string(count) + ",1,,7,\n";
  };
  return {
      {.text = "1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight "
               "srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health "
               "srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord "
               "srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port\n"
               "3 api 1 blue 127.0.0.1 " +
               blue + tail + "8001" + end + "3 api 2 green 127.0.0.1 " + green + tail + "8002" + end +
               "\n# pxname,svname,qcur,qmax,scur,smax,slim,stot,\n" + sessions("blue", blue_sessions) +
               sessions("green", green_sessions) + "\n"}};
}

constexpr const char* is_ready = "2 4"; // declared 'disabled', and enabled since
constexpr const char* is_draining = "2 12";
constexpr const char* is_out = "0 5";

Nginx nginx() {
  return Nginx({.upstream = "api", .config = "/etc/nginx/nginx.conf", .pid = "/run/nginx.pid"},
               "shop/production api");
}

std::vector<ProxyAnswer> nginx_answers(const std::string& text, const std::string& more) {
  std::string answer;
  std::size_t at = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', at)) {
    answer += "text " + text.substr(at, end - at + 1);
    at = end + 1;
  }
  return {{.text = answer + more}};
}

} // namespace

TEST_CASE("proxies: a site is read as in a Caddyfile") {
  const auto site = [](const char* text) {
    const auto parsed = parse_site(text);
    return parsed ? parsed->host + " " + std::to_string(parsed->port) + (parsed->has_tls ? " tls" : "")
                  : "none";
  };
  CHECK(site("App.example.com") == "app.example.com 443 tls");
  CHECK(site("http://app.example.com") == "app.example.com 80");
  CHECK(site("http://app.example.com:8080") == "app.example.com 8080");
  CHECK(site("app.example.com:8443") == "app.example.com 8443 tls");
  for (const char* text : {"", ":80", "ftp://a", "a:0", "a:b", "a:1:2", "http://"})
    CHECK(site(text) == "none");
}

TEST_CASE(
    "proxies: Caddy without a server for the site gets one, and a route that takes the first upstream") {
  for (const char* nothing : {"null", "{}"}) {
    const auto calls = caddy().toward(caddy_answers(nothing), old);
    CHECK(told(calls) == Words{"PUT /config/apps/http/servers/deployctl-443"});
    CHECK(body_of(calls) ==
          R"({"listen":[":443"],"routes":[)" + route(R"({"dial":"127.0.0.1:8001"})") + "]}");
  }
  const auto plain = caddy("http://app.example.com").toward(caddy_answers("null"), old);
  CHECK(body_of(plain).find(R"("automatic_https":{"disable":true})") != std::string::npos);
  std::vector<ProxyAnswer> not_there = caddy_answers(R"({"error":"invalid traversal path"})");
  not_there[0].status = 400;
  CHECK(caddy().read(not_there)->targets.empty());
}

TEST_CASE("proxies: Caddy's other routes stay, and the service's goes before them") {
  const std::string foreign = R"({"handle":[{"handler":"file_server"}]})";
  CHECK(told(caddy().toward(caddy_answers(server(foreign)), old)) ==
        Words{"PUT /config/apps/http/servers/srv0/routes/0"});
  CHECK(told(caddy().toward(caddy_answers(server("")), old)) ==
        Words{"POST /config/apps/http/servers/srv0/routes"});
  CHECK(body_of(caddy().toward(caddy_answers(R"({"srv0":{"listen":["0.0.0.0:443"]}})"), old)).front() == '[');
  CHECK(told(caddy().toward(caddy_answers(server(foreign, ":8080")), old)) ==
        Words{"PUT /config/apps/http/servers/deployctl-443"});
}

TEST_CASE("proxies: Caddy leads to the new target and keeps the old one behind it until it is forgotten") {
  const auto before = caddy_answers(server(route(R"({"dial":"127.0.0.1:8001"})")));
  CHECK(caddy().read(before)->leads_to(old));
  const auto calls = caddy().toward(before, fresh);
  CHECK(told(calls) == Words{"PATCH /id/deployctl.shop.production.api"});
  CHECK(body_of(calls) == route(both));
  const auto& headers = std::get<HttpRequest>(calls->front()).headers;
  CHECK(std::ranges::any_of(headers, [](const auto& header) {
    return header.first == "If-Match" && *header.second.plain() == "\"/config/apps/http/servers 1f\"";
  }));

  const auto after = caddy_answers(
      server(route(both)),
      R"([{"address":"127.0.0.1:8001","num_requests":3},{"address":"127.0.0.1:8002","num_requests":7}])");
  CHECK(caddy().read(after)->leads_to(fresh));
  CHECK(caddy().read(after)->in_flight == 3);
  CHECK(body_of(caddy().without_old(after)) == route(R"({"dial":"127.0.0.1:8002"})"));
  CHECK(told(caddy().without_old(before)).empty());
}

TEST_CASE("proxies: a route that somebody changed, or that is on another port, leads nowhere") {
  const std::string changed =
      R"({"@id":"deployctl.shop.production.api","handle":[{"handler":"reverse_proxy",)"
      R"("upstreams":[{"dial":"127.0.0.1:8001"}]}]})";
  CHECK_FALSE(caddy().read(caddy_answers(server(changed)))->leads_to(old));
  CHECK(body_of(caddy().toward(caddy_answers(server(changed)), old)) ==
        route(R"({"dial":"127.0.0.1:8001"})"));
  const auto elsewhere = caddy_answers(server(route(R"({"dial":"127.0.0.1:8001"})"), ":8443"));
  CHECK_FALSE(caddy().read(elsewhere)->leads_to(old));
  CHECK(told(caddy().toward(elsewhere, old)) == Words{"DELETE /id/deployctl.shop.production.api"});
}

TEST_CASE("proxies: that connections can be lost when Caddy opens its ports anew is told, unless the host "
          "moves them") {
  CHECK(caddy().read(caddy_answers("{}"))->noticed.empty());
  for (const char* kernel : {"0\n", "none\n", ""})
    CHECK(caddy().read(caddy_answers("{}", "[]", kernel))->noticed.find("net.ipv4.tcp_migrate_req=1") !=
          std::string::npos);
}

TEST_CASE("proxies: the route of another service for the same site blocks") {
  const std::string rival = R"({"@id":"deployctl.shop.staging.api","match":[{"host":["app.example.com"]}]})";
  const auto state = caddy().read(caddy_answers(server(rival)));
  REQUIRE(state);
  REQUIRE(state->blocked.size() == 1);
  CHECK(state->blocked.front().find("deployctl.shop.staging.api") != std::string::npos);
}

TEST_CASE("proxies: Caddy leads nowhere without the route, and without the server that was made for it") {
  const auto shared = caddy_answers(server(route("") + R"(,{"handle":[]})"));
  CHECK(told(caddy().nowhere(shared)) == Words{"DELETE /id/deployctl.shop.production.api"});
  const auto own = caddy_answers(R"({"deployctl-443":{"listen":[":443"],"routes":[)" + route("") + "]}}");
  CHECK(told(caddy().nowhere(own)) == Words{"DELETE /config/apps/http/servers/deployctl-443"});
  CHECK(told(caddy().nowhere(caddy_answers("null"))).empty());
}

TEST_CASE("proxies: HAProxy's servers are read by the names of their columns") {
  const auto servers = parse_haproxy(haproxy_answers(is_ready, is_draining, 1, 4)[0].text);
  REQUIRE(servers);
  CHECK(*servers == std::vector<HaproxyServer>{
                        {.name = "blue", .address = "127.0.0.1:8001", .takes_new = true, .busy = 1},
                        {.name = "green", .address = "127.0.0.1:8002", .takes_new = false, .busy = 4}});
  CHECK(parse_haproxy("Can't find backend.\n\n").error().cause == Cause::not_found);
  CHECK(parse_haproxy("Permission denied\n").error().cause == Cause::permission);
  CHECK(parse_haproxy("").error().cause == Cause::network);
}

TEST_CASE("proxies: HAProxy's next server takes requests before the other one stops taking them") {
  const auto first = haproxy_answers(is_ready, is_out);
  CHECK(haproxy().read(first)->leads_to(old));
  CHECK(told(haproxy().toward(first, fresh)) ==
        Words{"haproxy_open /run/haproxy/admin.sock api green 127.0.0.1 8002"});
  const auto second = haproxy_answers(is_ready, is_ready, 5);
  CHECK_FALSE(haproxy().read(second)->leads_to(fresh));
  CHECK(told(haproxy().toward(second, fresh)) ==
        Words{"haproxy_close /run/haproxy/admin.sock api blue drain"});
  const auto third = haproxy_answers(is_draining, is_ready, 5);
  CHECK(haproxy().read(third)->leads_to(fresh));
  CHECK(haproxy().read(third)->in_flight == 5);
  CHECK(told(haproxy().without_old(third)) == Words{"haproxy_close /run/haproxy/admin.sock api blue maint"});
}

TEST_CASE("proxies: HAProxy's server is led to an address that it did not have") {
  CHECK(told(haproxy().toward(haproxy_answers(is_ready, is_out), "10.0.0.7:80")) ==
        Words{"haproxy_open /run/haproxy/admin.sock api green 10.0.0.7 80"});
}

TEST_CASE("proxies: what HAProxy is to remember over a restart is written when all is done") {
  const auto done = haproxy_answers(is_out, is_ready);
  CHECK(told(haproxy("/var/lib/haproxy/server-state").without_old(done)) ==
        Words{"haproxy_save /run/haproxy/admin.sock api /var/lib/haproxy/server-state"});
  CHECK(told(haproxy().without_old(done)).empty());
  CHECK(told(haproxy().nowhere(done)) == Words{"haproxy_close /run/haproxy/admin.sock api green maint"});
}

TEST_CASE("proxies: a backend without two servers to take turns blocks by their names") {
  const auto state = Haproxy({.backend = "api", .socket = "/s", .servers = {"blue", "red"}})
                         .read(haproxy_answers(is_ready, is_out));
  REQUIRE(state);
  CHECK(state->blocked ==
        Words{"backend 'api' of HAProxy needs two servers, blue and red, and has 1 of them"});
}

TEST_CASE("proxies: nginx's upstream says whose it is and where it leads") {
  const std::string text = nginx_text("shop/production api", "api", old);
  CHECK(text == "# Written by deployctl for shop/production api; its next deployment writes it anew.\n"
                "upstream api {\n    server 127.0.0.1:8001;\n}\n");
  CHECK(nginx_target(text) == old);
  CHECK(nginx_target(nginx_text("shop/production api", "api", "")).empty());
  const auto calls = nginx().toward({}, old);
  CHECK(told(calls) ==
        Words{"nginx_write /etc/nginx/conf.d/deployctl-api.conf /run/nginx.pid /etc/nginx/nginx.conf"});
  CHECK(*std::get<HostCommand>(calls->front()).input.plain() == text);
}

TEST_CASE("proxies: nginx leads where its file says once its workers have read it") {
  const std::string text = nginx_text("shop/production api", "api", old);
  const auto loaded = nginx().read(nginx_answers(text, "loaded yes\nruns yes\nquitting 2\n"));
  CHECK(loaded->leads_to(old));
  CHECK(loaded->in_flight == 2);
  CHECK(loaded->blocked.empty());
  CHECK_FALSE(nginx().read(nginx_answers(text, "runs yes\nquitting 0\n"))->leads_to(old));
  CHECK(nginx().read(nginx_answers(text, "loaded yes\n"))->blocked ==
        Words{"nginx does not run: '/run/nginx.pid' names no process"});
}

TEST_CASE("proxies: a file of nginx that is not this service's is not written over") {
  const std::string other = nginx_text("shop/staging api", "api", old);
  CHECK(nginx().read(nginx_answers(other, "loaded yes\nruns yes\nquitting 0\n"))->blocked ==
        Words{"the file '/etc/nginx/conf.d/deployctl-api.conf' is there, and it was not written for this "
              "service"});
  CHECK(told(nginx().nowhere(nginx_answers(other, "runs yes\n"))).empty());
  const std::string own = nginx_text("shop/production api", "api", old);
  CHECK(told(nginx().nowhere(nginx_answers(own, "loaded yes\nruns yes\n"))).size() == 1);
}

TEST_CASE("proxies: looking at a proxy only reads") {
  const std::vector<Operation> rows = proxy_operations();
  for (const ProxyCalls& calls : {caddy().look(), haproxy().look(), nginx().look()})
    for (const ProxyCall& call : calls) {
      const std::string name = std::visit([](const auto& one) { return one.operation; }, call);
      INFO(name);
      CHECK(std::ranges::find(rows, name, &Operation::name)->effect == Effect::read);
      static_cast<void>(told(call));
    }
}

TEST_CASE("proxies: what makes no sense is a mistake") {
  const auto messages = [](const char* inputs) {
    Words all;
    const Value value = parse_json(inputs, JsonMode::plain).value();
    for (const InputProblem& problem :
         find_provider(deployctl::providers::builtin_catalog(), "docker.service")->description.check(value))
      all.push_back(problem.message);
    return all;
  };
  CHECK(messages(R"({"port":8000,"proxy":{"caddy":{"site":"app.example.com"}}})").empty());
  CHECK(messages(R"({"port":[8001,8002],"network":"host","health":{"http":"/healthz"}})").empty());
  CHECK(messages(R"({"proxy":{"caddy":{"site":"a:99999"},"nginx":{"upstream":"x"}}})") ==
        Words{"write one of 'caddy', 'haproxy' and 'nginx'",
              "a proxy must know the port on which the container listens", "'a:99999' is no site"});
  CHECK(messages(R"({"port":[8001,8001],"env":{"PORT":"1"},"health":{"http":":8001/"}})") ==
        Words{"8001 cannot take turns with itself",
              "containers take turns with two ports on the host's own network only",
              "with two ports PORT tells a container which is its own",
              "':8001/' is at one of two ports only"});
  CHECK(messages(R"({"health":{"http":"/healthz"}})") == Words{"the path '/healthz' is at no port"});
}
