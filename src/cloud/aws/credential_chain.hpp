// Where the keys for one provider instance come from: the links in the documented order, asked once for all
// that want keys at the same time, and again in good time before the keys expire.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>

#include "cloud/aws/credential_links.hpp"

namespace deployctl::aws {

class CredentialChain final : public CredentialSource {
public:
  // `settings` and `caller` outlive the chain.
  CredentialChain(ChainParts parts, const Settings& settings, Caller& caller);

  // Cause::auth with a line for each link, when none has keys. Who asks within seconds of a failure gets the
  // same one: a run asks for many secrets.
  Result<Credentials> credentials(const std::stop_token& stop) override;
  void expired(const Credentials& credentials) override;

private:
  Result<Credentials> asked(const std::stop_token& stop);
  [[nodiscard]] Result<Credentials> kept_or(const Error& failure) const; // called under the lock
  [[nodiscard]] bool is_fresh(const Credentials& credentials, std::chrono::seconds ahead) const;

  ChainParts parts_;
  const Settings& settings_;
  Caller& caller_;
  std::mutex mutex_; // held while asking: whoever comes meanwhile waits for the one answer
  std::optional<Credentials> known_;
  std::optional<Error> failure_; // the last one, for those that ask right behind it
  std::chrono::nanoseconds failed_at_{0};
};

} // namespace deployctl::aws
