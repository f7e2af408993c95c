// Where the keys for one provider instance come from: the links in the documented order, asked once for all
// that want keys at the same time, and again in good time before the keys expire.
#pragma once

#include <mutex>
#include <optional>

#include "cloud/aws/credential_links.hpp"

namespace deployctl::aws {

class CredentialChain final : public CredentialSource {
public:
  // `settings` and `caller` outlive the chain.
  CredentialChain(ChainParts parts, const Settings& settings, Caller& caller);

  // Cause::auth with a line for each link, when none has keys.
  Result<Credentials> credentials(const std::stop_token& stop) override;
  void expired(const Credentials& credentials) override;

private:
  Result<Credentials> asked(const std::stop_token& stop);
  [[nodiscard]] bool is_fresh(const Credentials& credentials, std::chrono::seconds ahead) const;

  ChainParts parts_;
  const Settings& settings_;
  Caller& caller_;
  std::mutex mutex_; // held while asking: whoever comes meanwhile waits for the one answer
  std::optional<Credentials> known_;
};

} // namespace deployctl::aws
