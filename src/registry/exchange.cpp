#include "registry/exchange.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "registry/fault.hpp"

namespace deployctl::registry {
namespace {

constexpr std::chrono::seconds usual_margin{10};
constexpr std::chrono::seconds body_margin{30};
constexpr std::uint64_t slow_link = 2U << 20; // bytes a second
constexpr Milliseconds longest_body{24 * 3'600'000};

std::chrono::seconds margin_of(const HttpRequest& request) {
  if (!request.source) return usual_margin;
  return std::max(body_margin, std::chrono::seconds(request.source->size() / slow_link));
}

} // namespace

std::string Exchange::url(const Access& access, const std::string& path) const {
  if (!path.starts_with('/')) return path;
  return transport_.origin(access.repository.host) + "/v2/" + access.repository.name + path;
}

Result<HttpResponse> Exchange::attempt(const Access& access, const HttpRequest& request, bool own,
                                       Again again, const std::stop_token& stop) {
  HttpRequest shown = request;
  if (own) {
    DEPLOYCTL_TRY(auto header, authorization_.header(access, margin_of(request), stop));
    if (header) shown.headers.emplace_back("Authorization", *std::move(header));
  }
  return transport_.send(shown, memory(access), again, stop);
}

Result<HttpResponse> Exchange::send(const Access& access, HttpRequest request, Again again,
                                    const std::stop_token& stop) {
  request.url = url(access, request.url);
  request.ca_file = transport_.settings(access.repository.host).ca_file;
  if (request.source || request.sink) request.timeout = longest_body; // what stands still ends earlier
  const auto to = net::parse_url(request.url);
  const bool own = to && to->origin() == transport_.origin(access.repository.host);
  const BootTime sent = transport_.parts().clock.boot();
  DEPLOYCTL_TRY(HttpResponse response, attempt(access, request, own, again, stop));
  if (response.status != 401 || !own) return response;
  DEPLOYCTL_TRY(const bool asks, authorization_.refused(access, response, sent));
  if (!asks) return response;
  return attempt(access, request, own, again, stop);
}

Error Exchange::error(const Access& access, const HttpRequest& request, const HttpResponse& response,
                      const std::stop_token& stop) const {
  HttpRequest asked = request;
  asked.url = url(access, request.url);
  Error error = error_of(asked, response);
  if (error.cause == Cause::auth || error.cause == Cause::permission)
    if (const auto who = authorization_.who(access, stop); who) error.evidence.push_back("asked " + *who);
  return error;
}

Result<HttpResponse> Exchange::expect(const Access& access, const HttpRequest& request,
                                      std::initializer_list<int> wanted, const std::stop_token& stop) {
  DEPLOYCTL_TRY(HttpResponse response, send(access, request, Again::when_it_helps, stop));
  if (std::ranges::find(wanted, response.status) != wanted.end()) return response;
  return fail(error(access, request, response, stop));
}

Result<std::string> Exchange::location(const Access& access, const HttpRequest& request,
                                       const HttpResponse& response) const {
  const std::string written = header_of(response, "location");
  const std::string asked = url(access, request.url);
  if (written.empty())
    return fail(Cause::conflict, fmt::format("{} {}: {} without a Location", request.method, shown_url(asked),
                                             response.status));
  DEPLOYCTL_TRY(const net::Url base, net::parse_url(asked));
  DEPLOYCTL_TRY(const net::Url target, net::join(base, written));
  DEPLOYCTL_CHECK(check_detour(base, target));
  return target.text();
}

} // namespace deployctl::registry
