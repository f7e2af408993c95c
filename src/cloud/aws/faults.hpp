// What errors of AWS mean: whether the same request may succeed later, which cause they are, what to do. Data
// and pure functions.
#pragma once

#include <optional>
#include <string>

#include <deployctl/result.hpp>

#include "base/time.hpp"
#include "cloud/aws/services.hpp"
#include "cloud/aws/wire.hpp"

namespace deployctl::aws {

enum class FaultKind {
  final,     // the same answer would come again
  transient, // a server's trouble
  throttled, // too many requests
  expired,   // other credentials are needed
  skewed,    // perhaps: our clock and theirs disagree
};

FaultKind kind_of(const Fault& fault, int status);

// "secretsmanager GetSecretValue: AccessDeniedException: User … is not authorized …"
Error error_of(const Service& service, const WireRequest& request, const HttpResponse& response);

// How far the service's clock is ahead of ours, when that is more than jitter: `now` is when the answer came.
// None: no date, an answer of a cache, or one that was too long under way to tell.
std::optional<Milliseconds> measured_skew(const HttpResponse& response, WallTime now);

} // namespace deployctl::aws
