// What proxies answer is another program's text: any bytes become a state or an error, and whatever they say,
// a call that follows from it is one of the operation table's.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/pattern.hpp"
#include "providers/docker/proxy_inputs.hpp"

using namespace deployctl;
using namespace deployctl::providers::docker;

namespace {

constexpr std::string_view admin = "http://localhost:2019";
constexpr const char* target = "127.0.0.1:8000";

const std::vector<Operation>& rows() {
  static const std::vector<Operation> all = proxy_operations();
  return all;
}

void check(const ProxyCall& call) {
  const auto* request = std::get_if<HttpRequest>(&call);
  const std::string& name = request ? request->operation : std::get<HostCommand>(call).operation;
  const auto row = std::ranges::find(rows(), name, &Operation::name);
  if (row == rows().end()) std::abort();
  if (!request) {
    if (std::get<HostCommand>(call).script != row->script) std::abort();
    return;
  }
  const std::string path = request->url.substr(admin.size());
  if (request->method != row->method || !Pattern::compile(row->path)->matches(path)) std::abort();
}

void check(const Result<ProxyCalls>& calls) {
  if (!calls) return;
  for (const ProxyCall& call : *calls) check(call);
}

void check(const Proxy& proxy, const std::vector<ProxyAnswer>& answers) {
  const auto state = proxy.read(answers);
  if (state && state->in_flight < 0) std::abort();
  check(proxy.toward(answers, target));
  check(proxy.without_old(answers));
  check(proxy.nowhere(answers));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\0'); // Caddy is asked two things
  const std::string first = text.substr(0, cut);
  const std::string second = cut == std::string::npos ? "[]" : text.substr(cut + 1);
  check(Caddy({.site = "http://app.example.com:8080", .admin = std::string(admin)},
              "deployctl.shop.production.api"),
        {{.text = first}, {.text = second}, {.text = second}});
  check(Haproxy({.backend = "api", .socket = "/s", .servers = {"blue", "green"}, .state_file = "/f"}),
        {{.text = text}});
  check(Nginx({.upstream = "api", .config = "/c", .pid = "/p"}, "shop/production api"), {{.text = text}});
  if (nginx_target(nginx_text("shop/production api", "api", target)) != target) std::abort();
  return 0;
}
