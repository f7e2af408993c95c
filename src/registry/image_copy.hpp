// Whole images on their way into a repository: what is there already is not sent, blobs go before what names
// them, tags last. Pushes come from an ImageSource, promotions from another repository, by mounts where both
// are at one host.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "registry/client.hpp"
#include "registry/image_source.hpp"

namespace deployctl::registry {

struct Copied {
  Digest digest;
  std::size_t sent = 0;    // blobs whose bytes went through here
  std::size_t mounted = 0; // blobs that the registry took from its own
  std::uint64_t bytes = 0; // of the sent ones
  bool unchanged = false;  // the tag was there with this digest
  std::size_t referrers = 0;
};

// What a tag means before it is put: an image, or nothing.
struct Before {
  std::optional<Manifest> image;
};

struct CopyOptions {
  std::size_t at_once = 8;
  bool move_tag = true; // a tag that is there with another digest is put on this one; else Cause::policy
  const Before* before = nullptr; // pushes: who has just read it says so, and it is not asked for again
  bool referrers = false;         // promotions: signatures and notes come along, and their loss is an error
};

// `to.tag` may be empty: then only the digest names it.
Result<Copied> push_image(Client& client, const ImageSource& source, const Reference& to,
                          const CopyOptions& options, const std::stop_token& stop);
// `from` has a digest. `to.tag` as above.
Result<Copied> promote_image(Client& client, const Reference& from, const Reference& to,
                             const CopyOptions& options, const std::stop_token& stop);
// A second name for what `from` means in the same repository.
Result<Copied> tag_image(Client& client, const Reference& from, const std::string& tag,
                         const CopyOptions& options, const std::stop_token& stop);

// Whether the tag needs nothing, or Cause::policy when it may not move. `now`: what it means, empty: nothing.
Result<bool> is_as_wanted(const Reference& to, const Digest& now, const Digest& wanted, bool may_move);
// Every manifest of it, children before the index that names them.
Result<std::vector<Manifest>> family_of(const ImageSource& source);

} // namespace deployctl::registry
