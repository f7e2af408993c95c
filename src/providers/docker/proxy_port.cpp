#include "providers/docker/proxy_port.hpp"

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/sanitize.hpp"
#include "net/url.hpp"
#include "providers/docker/engines.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr int most_rounds = 6; // a switch takes two; the rest is for others who change something meanwhile
constexpr std::size_t longest_words = 500;

bool is_good(const ProxyAnswer& answer) {
  return answer.status >= 200 && answer.status < 300;
}

// A condition that does not hold any more, or a name that was taken meanwhile.
bool is_outdated(const ProxyAnswer& answer) {
  return answer.status == 409 || answer.status == 412;
}

} // namespace

Result<ProxyAnswer> ProxyPort::make(const ProxyCall& call) const {
  if (const auto* command = std::get_if<HostCommand>(&call)) {
    DEPLOYCTL_TRY(HostResult ran, run_script(ports_.hosts, host_, *command, proxy_.words(), stop_));
    return ProxyAnswer{.text = std::move(ran.out)};
  }
  return ask(std::get<HttpRequest>(call));
}

// The address is the host's: what listens on its loopback is reached over the connection to it.
Result<ProxyAnswer> ProxyPort::ask(HttpRequest request) const {
  const auto asking = [&](Error error) {
    return std::move(error).in(fmt::format("while asking {} at {}", proxy_.words(), request.url));
  };
  DEPLOYCTL_TRY(const net::Url url, net::parse_url(request.url));
  auto way = way_to_port(connection_, host_, url.host, url.effective_port(), stop_);
  if (!way) return fail(asking(std::move(way).error()));
  request.unix_socket = std::move(*way);
  auto response = ports_.http.send(request, stop_);
  if (!response) return fail(asking(std::move(response).error()));
  const auto tag = response->headers.find("etag");
  return ProxyAnswer{.status = response->status,
                     .text = std::move(response->body),
                     .tag = tag == response->headers.end() ? std::string() : tag->second};
}

Error ProxyPort::refused(const ProxyCall& call, const ProxyAnswer& answer) const {
  const auto document = parse_json(answer.text, JsonMode::plain);
  const std::string told = document ? text_at(*document, "error") : std::string();
  const std::string said = sanitize_line((told.empty() ? answer.text : told).substr(0, longest_words));
  const auto* request = std::get_if<HttpRequest>(&call);
  return {.cause = Cause::command_failed,
          .message = fmt::format("{}: {} {}", proxy_.words(), answer.status, said),
          .evidence = {request ? fmt::format("{} {}", request->method, request->url) : std::string()}};
}

Result<std::vector<ProxyAnswer>> ProxyPort::answers() const {
  std::vector<ProxyAnswer> all;
  for (const ProxyCall& call : proxy_.look()) {
    DEPLOYCTL_TRY(ProxyAnswer answer, make(call));
    all.push_back(std::move(answer));
  }
  return all;
}

Result<ProxyState> ProxyPort::look() const {
  DEPLOYCTL_TRY(const std::vector<ProxyAnswer> told, answers());
  return proxy_.read(told);
}

Result<bool> ProxyPort::make_all(const ProxyCalls& calls) const {
  for (const ProxyCall& call : calls) {
    DEPLOYCTL_TRY(const ProxyAnswer answer, make(call));
    if (is_outdated(answer)) return false;
    if (!is_good(answer)) return fail(refused(call, answer));
  }
  return true;
}

Status ProxyPort::lead_to(const std::string& target) const {
  ProxyState state;
  for (int round = 0; round < most_rounds; ++round) {
    DEPLOYCTL_TRY(const std::vector<ProxyAnswer> told, answers());
    DEPLOYCTL_TRY(state, proxy_.read(told));
    if (!state.blocked.empty()) return fail(Cause::conflict, state.blocked.front());
    if (state.leads_to(target)) return {};
    DEPLOYCTL_TRY(const ProxyCalls calls, proxy_.toward(told, target));
    DEPLOYCTL_CHECK(make_all(calls));
  }
  return fail(Cause::conflict,
              fmt::format("{} was told to lead to {} and leads to {}", proxy_.words(), target,
                          state.targets.empty() ? "nothing" : state.targets.front()),
              "does somebody else change it too?");
}

Status ProxyPort::take(Step step) const {
  for (int round = 0; round < most_rounds; ++round) {
    DEPLOYCTL_TRY(const std::vector<ProxyAnswer> told, answers());
    DEPLOYCTL_TRY(const ProxyCalls calls, (proxy_.*step)(told));
    DEPLOYCTL_TRY(const bool done, make_all(calls));
    if (done) return {};
  }
  return fail(Cause::conflict, fmt::format("{} is changed by somebody else all the time", proxy_.words()));
}

Status ProxyPort::forget_old() const {
  return take(&Proxy::without_old);
}

Status ProxyPort::lead_nowhere() const {
  return take(&Proxy::nowhere);
}

} // namespace deployctl::providers::docker
