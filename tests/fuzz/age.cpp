// Any bytes are an age file or are refused, and what a key opens it opens in armor too.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/encode.hpp"
#include "formats/age.hpp"

namespace {

namespace formats = deployctl::formats;

std::string armored(const std::string& file) {
  const std::string text = deployctl::to_base64(file);
  std::string out = "-----BEGIN AGE ENCRYPTED FILE-----\n";
  for (std::size_t at = 0; at < text.size(); at += 64) out += text.substr(at, 64) + "\n";
  return out + "-----END AGE ENCRYPTED FILE-----\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The key of the specification's test kit. No passphrase: one guess costs more than all the rest.
  static const auto identities = formats::parse_age_identities(
      "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0");
  const std::string file(reinterpret_cast<const char*>(data), size);
  (void)formats::parse_age_identities(file);
  (void)formats::parse_ssh_identity(file);
  const auto plain = formats::open_age(file, *identities);
  if (!plain || file.starts_with('-')) return 0;
  const auto again = formats::open_age(armored(file), *identities);
  if (!again || *again != *plain) std::abort();
  return 0;
}
