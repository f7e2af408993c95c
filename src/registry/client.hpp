// The verbs of a registry (OCI distribution 1.1, and what registries of before do): manifests, blobs, tags,
// referrers. Every byte read is checked against its digest. Thread-safe, cheap to make; what is learned lives
// in RegistryMemory. Whole images are moved by image_push.hpp and image_promotion.hpp.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/operation.hpp>

#include "registry/exchange.hpp"
#include "registry/manifest.hpp"

namespace deployctl::registry {

class Client {
public:
  explicit Client(const ClientParts& parts) : exchange_(parts) {}

  // Digest, media type and size; nothing when it is not there. A server that keeps the digest to itself is
  // asked for the manifest.
  Result<std::optional<Descriptor>> look(const Access& access, const std::string& reference,
                                         const std::stop_token& stop);
  Result<Manifest> manifest(const Access& access, const std::string& reference, const std::stop_token& stop);
  Result<std::optional<Manifest>> find_manifest(const Access& access, const std::string& reference,
                                                const std::stop_token& stop);
  // Under a tag, or under its digest when `tag` is empty. Cause::image_missing: the registry lacks a blob of
  // it; policy: the tag never moves.
  Status put_manifest(const Access& access, const Manifest& manifest, const std::string& tag,
                      const std::stop_token& stop);
  // Cause::config where the registry deletes nothing. By digest: all its tags go with it.
  Status remove(const Access& access, const std::string& reference, const std::stop_token& stop);

  Result<bool> has_blob(const Access& access, const Digest& digest, const std::stop_token& stop);
  // A small one, such as a configuration.
  Result<std::string> small_blob(const Access& access, const Descriptor& blob, const std::stop_token& stop);
  // Goes on where it stopped when the connection breaks.
  Status read_blob(const Access& access, const Descriptor& blob, BodySink& sink, const std::stop_token& stop,
                   std::uint64_t offset = 0);
  // Mounts it from another repository of the host if `from` is not empty, else uploads it.
  Status push_blob(const Access& access, const Descriptor& blob, BodySource& source, const std::string& from,
                   const std::stop_token& stop);
  // Without bytes of ours; false: this registry or that blob does not do it.
  Result<bool> mount_blob(const Access& access, const Descriptor& blob, const std::string& from,
                          const std::stop_token& stop);

  // All of them, in the registry's order; of a repository that is not there none.
  Result<std::vector<std::string>> tags(const Access& access, const std::stop_token& stop);
  // What refers to the digest, from the registry's list or the fallback tag; `artifact_type` may be empty.
  Result<std::vector<Descriptor>> referrers(const Access& access, const Digest& digest,
                                            const std::string& artifact_type, const std::stop_token& stop);

  [[nodiscard]] Exchange& exchange() { return exchange_; }

private:
  Status list(const Access& access, HttpRequest request,
              const std::function<Status(const HttpResponse&)>& take, bool& found,
              const std::stop_token& stop);
  // Keeps the list of referrers where the registry does not.
  Status add_to_fallback(const Access& access, const Manifest& manifest, const std::stop_token& stop);

  Exchange exchange_;
};

// "sha256-<hex>": where lists of referrers, and by cosign signatures, are kept.
std::string fallback_tag(const Digest& digest);

// The wire requests of a client, for the operation tables of providers.
std::vector<Operation> client_operations();

} // namespace deployctl::registry
