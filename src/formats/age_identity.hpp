// Who can open age files: keys and passphrases, and what one makes of a recipient's stanza. Where identities
// come from is the caller's matter.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

#include "base/crypto_rsa.hpp"
#include "formats/age_header.hpp"

namespace deployctl::formats {

struct AgeKey { // "AGE-SECRET-KEY-1..."
  Secret private_key;
  std::string public_key; // 32 bytes
};

struct AgePassphrase {
  Secret passphrase;
};

// SSH keys; `blob` is the public key as SSH writes it, before base64.
struct AgeSshEd25519 {
  Secret private_key; // of X25519
  std::string public_key;
  std::string blob;
};

struct AgeSshRsa {
  RsaPrivateKey key;
  std::string blob;
};

using AgeIdentity = std::variant<AgeKey, AgePassphrase, AgeSshEd25519, AgeSshRsa>;

// Cause::config; no message quotes the text.
Result<AgeIdentity> parse_age_key(std::string_view text);
// One key a line; empty lines and lines that begin with '#' are passed over. "line 3: ...".
Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view text);

// A private key as OpenSSH writes it, without passphrase.
bool is_ssh_private_key(std::string_view text);
Result<AgeIdentity> parse_ssh_identity(std::string_view text);

// "age1..." of a key: what others encrypt to, and what may be shown; "ssh-ed25519 AAAA...", "a passphrase".
std::string shown_recipient(const AgeIdentity& identity);

// The file key, nothing when the stanza is not for this identity, Cause::config when it is malformed.
Result<std::optional<Secret>> unwrap_file_key(const AgeIdentity& identity, const AgeStanza& stanza);

} // namespace deployctl::formats
