#include "cloud/aws/caller.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/integer.hpp"
#include "cloud/aws/endpoint.hpp"
#include "cloud/aws/faults.hpp"
#include "net/retry.hpp"
#include "net/url.hpp"

namespace deployctl::aws {
namespace {

constexpr net::RetryPolicy transient_policy{
    .attempts = 4, .delay = Milliseconds(50), .max_delay = Milliseconds(20'000)};
constexpr net::RetryPolicy throttled_policy{
    .attempts = 8, .delay = Milliseconds(1'000), .max_delay = Milliseconds(20'000)};
constexpr std::size_t answer_limit = 4U << 20;

std::string host_of(const net::Url& url) {
  const std::string origin = url.origin();
  return origin.substr(origin.find("://") + 3);
}

// A wish in milliseconds of AWS' own header, else the ordinary one.
std::optional<Milliseconds> asked_delay(const HttpResponse& response, WallTime now) {
  const auto header = response.headers.find("x-amz-retry-after");
  if (header == response.headers.end()) return net::retry_after(response, now);
  const auto wish = parse_integer<std::int64_t>(header->second);
  if (!wish || *wish < 0) return std::nullopt;
  return Milliseconds(*wish);
}

} // namespace

struct Caller::Attempt {
  std::optional<WipedValue> answer;
  Error error; // without an answer
  FaultKind kind = FaultKind::final;
  std::optional<Milliseconds> asked; // a pause that the service wishes for
  bool corrected = false;            // clock or credentials are others now: try again at once
};

Milliseconds Caller::skew_of(const std::string& endpoint) const {
  const std::lock_guard lock(mutex_);
  const auto known = skews_.find(endpoint);
  return known == skews_.end() ? Milliseconds(0) : known->second;
}

// True when the clock was found to be off anew, so that another attempt makes sense.
bool Caller::learn_skew(const std::string& endpoint, const HttpResponse& response) {
  const auto measured = measured_skew(response, parts_.clock.wall() + skew_of(endpoint));
  if (!measured) return false;
  const std::lock_guard lock(mutex_);
  skews_[endpoint] += *measured;
  return true;
}

Result<HttpRequest> Caller::made(const Call& call, const std::string& endpoint, const std::string& region,
                                 const Credentials& credentials) {
  const WireRequest& wire = call.request;
  DEPLOYCTL_TRY(const net::Url base, net::parse_url(endpoint));
  const std::string path = (base.path == "/" ? "" : base.path) + wire.path;
  HttpRequest request{.operation = call.operation,
                      .method = wire.method,
                      .url = base.origin() + path + (wire.query.empty() ? "" : "?" + wire.query),
                      .headers = wire.headers,
                      .body = wire.body,
                      .response_limit = answer_limit};
  if (!wire.is_signed) return request;
  SignableRequest signable{.method = wire.method, .path = path, .query = wire.query, .headers = wire.headers};
  signable.headers.emplace_back("Host", host_of(base));
  DEPLOYCTL_TRY(signable.payload_hash, body_sha256(wire.body));
  DEPLOYCTL_TRY(
      const Signed made,
      sign_headers(signable, {.credentials = credentials,
                              .scope = {.region = region, .service = std::string(call.service.signing)},
                              .time = parts_.clock.wall() + skew_of(endpoint),
                              .keys = &keys_}));
  request.headers.insert(request.headers.end(), made.headers.begin(), made.headers.end());
  return request;
}

Result<Caller::Attempt> Caller::attempt(const Call& call, const std::string& endpoint,
                                        CredentialSource* source, const std::stop_token& stop) {
  Credentials credentials;
  if (call.request.is_signed) {
    if (!source) return fail(Cause::internal, call.request.name + " needs credentials");
    DEPLOYCTL_TRY(credentials, source->credentials(stop));
  }
  DEPLOYCTL_TRY(const HttpRequest request, made(call, endpoint, region_of(call), credentials));
  auto response = parts_.http.send(request, stop);
  if (!response) {
    const Cause cause = response.error().cause;
    const bool again = cause == Cause::network || cause == Cause::timeout;
    return Attempt{.error = response.error(), .kind = again ? FaultKind::transient : FaultKind::final};
  }
  if (response->status >= 200 && response->status < 300) {
    DEPLOYCTL_TRY(WipedValue answer, read_answer(call.request, *std::move(response)));
    return Attempt{.answer = std::move(answer)};
  }
  Attempt bad{.error = error_of(call.service, call.request, *response),
              .kind = kind_of(read_fault(call.request.protocol, *response), response->status),
              .asked = asked_delay(*response, parts_.clock.wall())};
  if (bad.kind == FaultKind::skewed) bad.corrected = learn_skew(endpoint, *response);
  if (bad.kind == FaultKind::expired && source) {
    source->expired(credentials);
    bad.corrected = true;
  }
  return bad;
}

const std::string& Caller::region_of(const Call& call) const {
  return call.region.empty() ? settings_.region : call.region;
}

Result<WipedValue> Caller::call(const Call& call, CredentialSource* source, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const std::string endpoint, resolve_endpoint({.service = call.service,
                                                              .region = region_of(call),
                                                              .url = settings_.endpoint_url,
                                                              .environment = settings_.environment,
                                                              .config = settings_.config,
                                                              .profile = settings_.profile}));
  bool was_corrected = false;
  for (int number = 1;; ++number) {
    DEPLOYCTL_TRY(Attempt last, attempt(call, endpoint, source, stop));
    if (last.answer) return *std::move(last.answer);
    if (last.corrected && !was_corrected) {
      was_corrected = true;
      continue;
    }
    const bool slower = last.kind == FaultKind::throttled;
    if (!slower && last.kind != FaultKind::transient) return fail(std::move(last.error));
    const auto delay = net::next_delay(slower ? throttled_policy : transient_policy, number, last.asked,
                                       net::uniform(parts_.random));
    if (!delay) return fail(std::move(last.error));
    if (!parts_.wait(*delay, stop)) return fail(Cause::cancelled, call.request.name + " was stopped");
  }
}

} // namespace deployctl::aws
