// Signatures of Standard Webhooks (standardwebhooks.com, version 1): HMAC-SHA256 over "id.timestamp.body".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

struct SignedMessage {
  std::string_view id;
  std::int64_t timestamp = 0; // seconds since 1970
  std::string_view body;
};

// "v1,<base64>". `secret`: "whsec_" and base64, or the key itself as text. Cause::config: behind "whsec_"
// stands no base64, or the secret is empty.
Result<std::string> webhook_signature(const Text& secret, const SignedMessage& message);

} // namespace deployctl
