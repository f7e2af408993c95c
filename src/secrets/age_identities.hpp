// The identities of whoever runs this, from where SOPS looks for them: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, what
// SOPS_AGE_KEY_CMD prints, sops/age/keys.txt below the user's configuration; SSH keys from
// SOPS_AGE_SSH_PRIVATE_KEY_FILE or ~/.ssh.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "formats/age_identity.hpp"
#include "secrets/sources.hpp"

namespace deployctl::secrets {

struct AgeIdentities {
  std::vector<formats::AgeIdentity> list;
  std::vector<std::string> passed_over; // "'~/.ssh/id_ed25519': it has a passphrase": nobody named it
};

// All that there are; none is no error. A place that is named and cannot be read, or holds no key, is one.
Result<std::shared_ptr<const AgeIdentities>> age_identities(const Sources& sources,
                                                            const std::stop_token& stop);

// Looked for once, however many ask at the same time. Errors are not kept.
class AgeIdentityCache {
public:
  Result<std::shared_ptr<const AgeIdentities>> get(const Sources& sources, const std::stop_token& stop);

private:
  std::mutex mutex_;
  std::shared_ptr<const AgeIdentities> found_;
};

// For whoever has none that fits.
inline constexpr std::string_view identity_help =
    "give the private key of a recipient in SOPS_AGE_KEY, in a file named by SOPS_AGE_KEY_FILE, in "
    "~/.config/sops/age/keys.txt, or as an SSH key";

} // namespace deployctl::secrets
