#include "base/crypto_webhook.hpp"

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "base/wiped.hpp"

namespace deployctl {

namespace {

constexpr std::string_view prefix = "whsec_";

std::string_view bytes_of(const Text& secret) {
  return secret.secret() ? secret.secret()->reveal() : std::string_view(*secret.plain());
}

} // namespace

Result<std::string> webhook_signature(const Text& secret, const SignedMessage& message) {
  const std::string_view written = bytes_of(secret);
  if (written.empty()) return fail(Cause::config, "the webhook's secret is empty");
  const std::string text = fmt::format("{}.{}.{}", message.id, message.timestamp, message.body);
  if (!written.starts_with(prefix)) return "v1," + to_base64(hmac_sha256(written, text).view());
  auto decoded = from_base64(written.substr(prefix.size()));
  if (!decoded || decoded->empty())
    return fail(Cause::config, "behind 'whsec_' of the webhook's secret stands no base64");
  const Wiped key(*std::move(decoded));
  return "v1," + to_base64(hmac_sha256(*key, text).view());
}

} // namespace deployctl
