// Any text is a signature or refused: what is taken has a message, and an image that it is about.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/crypto_verify.hpp"
#include "registry/signature.hpp"

using namespace deployctl;
using namespace deployctl::registry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)PublicKey::parse(text);
  if (const auto simple = read_simple_signature(text, "AAAA"); simple && simple->image.empty()) std::abort();
  const auto bundle = read_signature_bundle(text);
  if (!bundle) return 0;
  for (const Signature& one : *bundle)
    if (one.image.empty() || !one.message.starts_with("DSSEv1 ")) std::abort();
  return 0;
}
