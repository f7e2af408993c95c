// Signatures of images as cosign writes them, with a key: over the payload of "simple signing", or over a
// statement in a DSSE envelope. What they are and what they are about; pure. Where they are found is
// signatures_of().
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "registry/client.hpp"

namespace deployctl::registry {

struct Signature {
  std::string message;                      // the bytes that were signed
  std::string bytes;                        // of the signature
  Digest image;                             // what the message says that it is about
  std::map<std::string, std::string> notes; // what else it says: cosign's annotations
  std::string place;                        // for people: "the tag 'sha256-….sig'"
};

// A payload of simple signing with its signature in base64. Cause::config.
Result<Signature> read_simple_signature(std::string_view payload, std::string_view base64);
// A bundle of sigstore with an envelope: one for each of its signatures. Cause::config.
Result<std::vector<Signature>> read_signature_bundle(std::string_view bundle);

// All that are kept with an image: under cosign's tag, and as referrers. What cannot be read is left out and
// noted in `unreadable`.
struct SignaturesFound {
  std::vector<Signature> signatures;
  std::vector<std::string> unreadable;
};
Result<SignaturesFound> signatures_of(Client& client, const Access& access, const Digest& image,
                                      const std::stop_token& stop);

} // namespace deployctl::registry
