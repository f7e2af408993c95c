// Sends requests to AWS: finds the endpoint, signs, waits and tries again where that helps, and corrects for
// a clock that is off. Thread-safe. Where credentials come from is behind CredentialSource.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/http.hpp>

#include "cloud/aws/services.hpp"
#include "cloud/aws/settings.hpp"
#include "cloud/aws/sigv4.hpp"
#include "cloud/aws/wire.hpp"

namespace deployctl::aws {

// os::pause, or a test's own. False: stopped.
using Wait = std::function<bool(Milliseconds, const std::stop_token&)>;

struct CallerParts {
  Http& http;
  Clock& clock;
  Random& random;
  Wait wait;
};

struct Call {
  const Service& service;
  std::string operation; // a name of the caller's operation table
  WireRequest request;
  std::string region; // empty: that of the settings
};

class Caller {
public:
  Caller(CallerParts parts, const Settings& settings) : parts_(std::move(parts)), settings_(settings) {}

  // `source` may be null for requests that are not signed. Every request here may be sent twice: none has an
  // effect.
  Result<WipedValue> call(const Call& call, CredentialSource* source, const std::stop_token& stop);

private:
  struct Attempt; // what one came to

  Result<HttpRequest> made(const Call& call, const std::string& endpoint, const std::string& region,
                           const Credentials& credentials);
  Result<Attempt> attempt(const Call& call, const std::string& endpoint, CredentialSource* source,
                          const std::stop_token& stop);
  [[nodiscard]] const std::string& region_of(const Call& call) const;
  [[nodiscard]] Milliseconds skew_of(const std::string& endpoint) const;
  bool learn_skew(const std::string& endpoint, const HttpResponse& response);

  CallerParts parts_;
  const Settings& settings_;
  SigningKeys keys_;
  mutable std::mutex mutex_;
  std::map<std::string, Milliseconds> skews_; // by endpoint
};

} // namespace deployctl::aws
