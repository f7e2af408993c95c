#include "cloud/aws/faults.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "net/http_date.hpp"
#include "net/retry.hpp"

namespace deployctl::aws {
namespace {

using enum FaultKind;

struct Meaning {
  std::string_view code;
  FaultKind kind;
  Cause cause;
};

// LimitExceededException is a quota here, not a throttle: waiting does not help against it.
constexpr auto meanings = std::to_array<Meaning>({
    {"AccessDenied", final, Cause::permission},
    {"AccessDeniedException", final, Cause::permission},
    {"AuthFailure", skewed, Cause::auth},
    {"BandwidthLimitExceeded", throttled, Cause::throttled},
    {"DecryptionFailure", final, Cause::permission},
    {"EC2ThrottledException", throttled, Cause::throttled},
    {"ExpiredToken", expired, Cause::auth},
    {"ExpiredTokenException", expired, Cause::auth},
    {"ForbiddenException", final, Cause::permission},
    {"IDPCommunicationError", transient, Cause::network},
    {"IDPRejectedClaim", final, Cause::auth},
    {"IncompleteSignature", final, Cause::auth},
    {"InternalFailure", transient, Cause::network},
    {"InternalServerError", transient, Cause::network},
    {"InternalServiceError", transient, Cause::network},
    {"InvalidAccessKeyId", final, Cause::auth},
    {"InvalidClientTokenId", final, Cause::auth},
    {"InvalidIdentityToken", final, Cause::auth},
    {"InvalidKeyId", final, Cause::permission},
    {"InvalidSignatureException", skewed, Cause::auth},
    {"LimitExceededException", final, Cause::quota},
    {"MissingAuthenticationToken", final, Cause::auth},
    {"MissingAuthenticationTokenException", final, Cause::auth},
    {"OptInRequired", final, Cause::permission},
    {"ParameterNotFound", final, Cause::not_found},
    {"ParameterVersionNotFound", final, Cause::not_found},
    {"PriorRequestNotComplete", throttled, Cause::throttled},
    {"ProvisionedThroughputExceededException", throttled, Cause::throttled},
    {"RegionDisabledException", final, Cause::config},
    {"RequestExpired", skewed, Cause::auth},
    {"RequestInTheFuture", skewed, Cause::auth},
    {"RequestLimitExceeded", throttled, Cause::throttled},
    {"RequestThrottled", throttled, Cause::throttled},
    {"RequestThrottledException", throttled, Cause::throttled},
    {"RequestTimeTooSkewed", skewed, Cause::auth},
    {"RequestTimeout", transient, Cause::network},
    {"RequestTimeoutException", transient, Cause::network},
    {"ResourceNotFoundException", final, Cause::not_found},
    {"ServiceUnavailable", transient, Cause::network},
    {"SignatureDoesNotMatch", skewed, Cause::auth},
    {"SlowDown", throttled, Cause::throttled},
    {"ThrottledException", throttled, Cause::throttled},
    {"Throttling", throttled, Cause::throttled},
    {"ThrottlingException", throttled, Cause::throttled},
    {"TooManyRequestsException", throttled, Cause::throttled},
    {"TransactionInProgressException", throttled, Cause::throttled},
    {"UnauthorizedException", final, Cause::auth},
    {"UnrecognizedClientException", final, Cause::auth},
});

struct StatusMeaning {
  int status;
  FaultKind kind;
  Cause cause;
};
constexpr auto statuses = std::to_array<StatusMeaning>({
    {401, final, Cause::auth},
    {403, final, Cause::permission},
    {404, final, Cause::not_found},
    {408, transient, Cause::network},
    {409, final, Cause::conflict},
    {429, throttled, Cause::throttled},
});

StatusMeaning meaning_of(const Fault& fault, int status) {
  const auto* known = std::ranges::find(meanings, fault.code, &Meaning::code);
  if (known != meanings.end()) return {status, known->kind, known->cause};
  const auto* by_status = std::ranges::find(statuses, status, &StatusMeaning::status);
  if (by_status != statuses.end()) return *by_status;
  if (status >= 500) return {status, net::may_succeed_later(status) ? transient : final, Cause::network};
  return {status, final, Cause::config};
}

// "User: arn:… is not authorized to perform: ssm:GetParameters on resource: arn:… because …"
std::string missing_permission(std::string_view message) {
  constexpr std::string_view action_mark = "not authorized to perform: ";
  constexpr std::string_view resource_mark = " on resource: ";
  const std::size_t action_at = message.find(action_mark);
  if (action_at == std::string_view::npos) return {};
  if (message.find("explicit deny") != std::string_view::npos)
    return "a policy denies it explicitly; no other policy can allow it";
  const std::string_view rest = message.substr(action_at + action_mark.size());
  const std::string_view action = rest.substr(0, rest.find(' '));
  const std::size_t resource_at = rest.find(resource_mark);
  if (resource_at == std::string_view::npos) return fmt::format("allow {}", action);
  const std::string_view resource = rest.substr(resource_at + resource_mark.size());
  return fmt::format("allow {} on {}", action, resource.substr(0, resource.find(' ')));
}

std::string help_for(const Fault& fault, const StatusMeaning& meaning) {
  if (meaning.kind == expired) return "sign in again, or give credentials that renew themselves";
  if (meaning.cause == Cause::permission) return missing_permission(fault.message);
  if (meaning.kind == skewed) return "check the access key and its secret, and this machine's clock";
  return {};
}

} // namespace

FaultKind kind_of(const Fault& fault, int status) {
  return meaning_of(fault, status).kind;
}

Error error_of(const Service& service, const WireRequest& request, const HttpResponse& response) {
  const Fault fault = read_fault(request.protocol, response);
  const StatusMeaning meaning = meaning_of(fault, response.status);
  Error error{.cause = meaning.cause, .help = help_for(fault, meaning)};
  error.retryable = meaning.kind == transient || meaning.kind == throttled;
  error.message = fmt::format("{} {}: ", service.signing, request.name);
  error.message += fault.code.empty() ? fmt::format("HTTP status {}", response.status) : fault.code;
  if (!fault.message.empty()) error.message += ": " + fault.message;
  if (const auto id = response.headers.find("x-amzn-requestid"); id != response.headers.end())
    error.evidence.push_back("request id " + id->second);
  return error;
}

std::optional<Milliseconds> measured_skew(const HttpResponse& response, WallTime now) {
  constexpr auto least = std::chrono::minutes(4);
  constexpr auto longest_exchange = std::chrono::minutes(15);
  const auto date = response.headers.find("date");
  if (date == response.headers.end() || response.headers.contains("age")) return std::nullopt;
  if (response.elapsed > longest_exchange) return std::nullopt;
  const auto theirs = net::parse_http_date(date->second);
  if (!theirs) return std::nullopt;
  const auto ahead = std::chrono::duration_cast<Milliseconds>(*theirs - now);
  if (ahead < least && ahead > -least) return std::nullopt;
  return ahead;
}

} // namespace deployctl::aws
