#include "registry/image_copy.hpp"

#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/core.h>

#include "registry/blob_home.hpp"
#include "registry/image_referrers.hpp"
#include "registry/parallel.hpp"
#include "registry/remote_blob.hpp"

namespace deployctl::registry {
namespace {

constexpr int deepest_index = 4;
constexpr std::uint64_t not_worth_asking = 16U << 10; // bytes; as quickly sent as asked for

// Manifests with what they need, children before the index that names them.
using Family = std::vector<Manifest>;
using ReadManifest = std::function<Result<Manifest>(const Descriptor&)>;

Status collect(Family& family, Manifest manifest, const ReadManifest& read, int depth) {
  if (depth > deepest_index) return fail(Cause::config, "indexes within indexes, too deep to be meant");
  for (const Descriptor& child : manifest.manifests) {
    if (std::ranges::find(family, child.digest, &Manifest::digest) != family.end()) continue;
    DEPLOYCTL_TRY(Manifest inner, read(child));
    DEPLOYCTL_CHECK(collect(family, std::move(inner), read, depth + 1));
  }
  family.push_back(std::move(manifest));
  return {};
}

std::vector<Descriptor> blobs_of(const Family& family) {
  std::vector<Descriptor> all;
  std::set<Digest> seen;
  for (const Manifest& manifest : family)
    for (const Descriptor& blob : manifest.blobs())
      if (seen.insert(blob.digest).second) all.push_back(blob);
  // The largest first: nothing small is left waiting behind it at the end.
  std::ranges::stable_sort(all, std::ranges::greater(), &Descriptor::size);
  return all;
}

// Puts one blob into the repository; the bytes that went through here, none when it was mounted or there.
struct Placed {
  bool sent = false;
  bool mounted = false;
};
using Place = std::function<Result<Placed>(const Descriptor&, const std::stop_token&)>;

class Copy {
public:
  Copy(Client& client, Access access, const CopyOptions& options, std::stop_token stop)
      : client_(client), access_(std::move(access)), options_(options), stop_(std::move(stop)) {}

  // Whether the tag has the digest already, or may not get it.
  Result<bool> is_there(const Reference& to, const Digest& digest) {
    if (const Before* before = options_.before) {
      previous_ = before->image ? before->image->digest : Digest{};
    } else {
      DEPLOYCTL_TRY(const auto known, client_.look(access_, to.tag.empty() ? digest.text() : to.tag, stop_));
      if (known) previous_ = known->digest;
    }
    return is_as_wanted(to, previous_, digest, options_.move_tag);
  }

  // What a tag was before is the likeliest to have the same layers.
  Status learn_from_previous() {
    if (previous_.empty()) return {};
    std::optional<Manifest> manifest = options_.before ? options_.before->image : std::nullopt;
    if (!options_.before) {
      DEPLOYCTL_TRY(manifest, client_.find_manifest(access_, previous_.text(), stop_));
    }
    if (manifest)
      for (const Descriptor& blob : manifest->blobs()) believed_.insert(blob.digest);
    return {};
  }

  Result<Copied> run(const Family& family, const std::string& tag, const Place& place) {
    const std::vector<Descriptor> blobs = blobs_of(family);
    DEPLOYCTL_CHECK(place_all(blobs, place));
    Status put = put_all(family, tag);
    if (!put && put.error().cause == Cause::image_missing && !believed_.empty()) {
      believed_.clear(); // what we believed was wrong: ask for each
      healing_ = true;
      DEPLOYCTL_CHECK(place_all(blobs, place));
      put = put_all(family, tag);
    }
    DEPLOYCTL_CHECK(put);
    copied_.digest = family.back().digest;
    return copied_;
  }

  [[nodiscard]] bool healing() const { return healing_; }
  [[nodiscard]] const Access& access() const { return access_; }

private:
  Status place_all(const std::vector<Descriptor>& blobs, const Place& place) {
    const auto job = [&](std::size_t index, const std::stop_token& stop) -> Status {
      const Descriptor& blob = blobs[index];
      if (believed_.contains(blob.digest)) return {};
      DEPLOYCTL_TRY(const Placed placed, place(blob, stop));
      const std::lock_guard lock(mutex_);
      copied_.sent += placed.sent ? 1 : 0;
      copied_.mounted += placed.mounted ? 1 : 0;
      copied_.bytes += placed.sent ? blob.size : 0;
      return {};
    };
    return for_all(blobs.size(), options_.at_once, job, stop_);
  }

  Status put_all(const Family& family, const std::string& tag) {
    for (const Manifest& manifest : family)
      DEPLOYCTL_CHECK(client_.put_manifest(access_, manifest, &manifest == &family.back() ? tag : "", stop_));
    return {};
  }

  Client& client_;
  Access access_;
  const CopyOptions& options_;
  std::stop_token stop_;
  Digest previous_;           // what the tag meant
  std::set<Digest> believed_; // blobs that should be there
  bool healing_ = false;
  std::mutex mutex_; // guards copied_ while blobs are placed
  Copied copied_;
};

} // namespace

Result<bool> is_as_wanted(const Reference& to, const Digest& now, const Digest& wanted, bool may_move) {
  if (now.empty()) return false;
  if (now == wanted) return true;
  if (may_move) return false;
  return fail(Cause::policy,
              fmt::format("the tag '{}' of '{}' means {}, not {}", to.tag, to.repository.text(),
                          now.short_text(), wanted.short_text()),
              "choose a new tag, or allow it to move");
}

Result<std::vector<Manifest>> family_of(const ImageSource& source) {
  DEPLOYCTL_TRY(Manifest root, source.root());
  Family family;
  DEPLOYCTL_CHECK(collect(
      family, std::move(root), [&](const Descriptor& child) { return source.manifest(child); }, 0));
  return family;
}

Result<Copied> push_image(Client& client, const ImageSource& source, const Reference& to,
                          const CopyOptions& options, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const Manifest root, source.root());
  Copy copy(client, push_with_mounts(source, root, to.repository), options, stop);
  DEPLOYCTL_TRY(const bool there, copy.is_there(to, root.digest));
  if (there) return Copied{.digest = root.digest, .unchanged = true};
  DEPLOYCTL_CHECK(copy.learn_from_previous());
  DEPLOYCTL_TRY(const Family family, family_of(source));
  const auto place = [&](const Descriptor& blob, const std::stop_token& inner) -> Result<Placed> {
    const std::string from = mount_name(source, blob, to.repository);
    if (from.empty() && (blob.size > not_worth_asking || copy.healing())) {
      DEPLOYCTL_TRY(const bool has, client.has_blob(copy.access(), blob.digest, inner));
      if (has) return Placed{};
    }
    DEPLOYCTL_TRY(auto bytes, source.blob(blob));
    WatchedBody body(std::move(bytes));
    DEPLOYCTL_CHECK(client.push_blob(copy.access(), blob, body, from, inner));
    const bool mounted = !from.empty() && !body.was_read();
    return Placed{.sent = !mounted, .mounted = mounted};
  };
  return copy.run(family, to.tag, place);
}

Result<Copied> promote_image(Client& client, const Reference& from, const Reference& to,
                             const CopyOptions& options, const std::stop_token& stop) {
  const bool same_host = from.repository.host == to.repository.host;
  const bool same_place = from.repository == to.repository;
  Access target = push_to(to.repository);
  Access source = same_place ? target : pull_from(from.repository);
  if (same_host && !same_place) { // one token for both sides
    source.more = push_to(to.repository).scopes();
    target.more = pull_from(from.repository).scopes();
  }
  Copy copy(client, target, options, stop);
  DEPLOYCTL_TRY(const bool there, copy.is_there(to, from.digest));
  Copied copied{.digest = from.digest, .unchanged = there};
  if (!there) {
    const auto read = [&](const Descriptor& child) {
      return client.manifest(source, child.digest.text(), stop);
    };
    DEPLOYCTL_TRY(Manifest root, client.manifest(source, from.digest.text(), stop));
    Family family;
    if (same_place)
      family.push_back(std::move(root)); // all it names is where it is
    else
      DEPLOYCTL_CHECK(collect(family, std::move(root), read, 0));
    const auto place = [&](const Descriptor& blob, const std::stop_token& inner) -> Result<Placed> {
      if (same_place) return Placed{};
      RemoteBlob body(client, source, blob, inner);
      if (!same_host) {
        DEPLOYCTL_TRY(const bool has, client.has_blob(target, blob.digest, inner));
        if (has) return Placed{};
      }
      DEPLOYCTL_CHECK(client.push_blob(target, blob, body, same_host ? from.repository.name : "", inner));
      return Placed{.sent = body.was_read(), .mounted = !body.was_read()};
    };
    DEPLOYCTL_TRY(copied, copy.run(family, to.tag, place));
  }
  if (options.referrers && !same_place) {
    DEPLOYCTL_TRY(copied.referrers, promote_referrers(client, from, to, options, stop));
  }
  return copied;
}

Result<Copied> tag_image(Client& client, const Reference& from, const std::string& tag,
                         const CopyOptions& options, const std::stop_token& stop) {
  Reference pinned = from;
  if (pinned.digest.empty()) {
    DEPLOYCTL_TRY(const auto known, client.look(push_to(from.repository), from.tag, stop));
    if (!known)
      return fail(Cause::image_missing,
                  fmt::format("'{}' has no tag '{}'", from.repository.text(), from.tag));
    pinned.digest = known->digest;
  }
  return promote_image(client, pinned, {.repository = from.repository, .tag = tag}, options, stop);
}

} // namespace deployctl::registry
