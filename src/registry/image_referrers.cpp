#include "registry/image_referrers.hpp"

#include <array>
#include <optional>

#include "registry/parallel.hpp"

namespace deployctl::registry {
namespace {

// What cosign 2 writes behind the digest in a tag.
constexpr std::array<const char*, 3> suffixes = {".sig", ".att", ".sbom"};

struct Referring {
  std::vector<Descriptor> listed;
  std::array<std::optional<Descriptor>, suffixes.size()> tagged;
};

// All questions at once: none needs another's answer.
Result<Referring> find_referring(Client& client, const Reference& image, const std::stop_token& stop) {
  Referring found;
  const Access access = pull_from(image.repository);
  const auto job = [&](std::size_t index, const std::stop_token& inner) -> Status {
    if (index == suffixes.size()) {
      DEPLOYCTL_TRY(found.listed, client.referrers(access, image.digest, "", inner));
      return {};
    }
    const std::string tag = fallback_tag(image.digest) + suffixes.at(index);
    DEPLOYCTL_TRY(found.tagged.at(index), client.look(access, tag, inner));
    return {};
  };
  DEPLOYCTL_CHECK(for_all(suffixes.size() + 1, suffixes.size() + 1, job, stop));
  return found;
}

} // namespace

Result<std::size_t> promote_referrers(Client& client, const Reference& from, const Reference& to,
                                      const CopyOptions& options, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const Referring found, find_referring(client, from, stop));
  CopyOptions inner = options;
  inner.referrers = false;
  std::size_t count = 0;
  for (const Descriptor& referrer : found.listed) {
    DEPLOYCTL_CHECK(promote_image(client, {.repository = from.repository, .digest = referrer.digest},
                                  {.repository = to.repository}, inner, stop));
    ++count;
  }
  for (std::size_t i = 0; i < suffixes.size(); ++i) {
    const auto& signature = found.tagged.at(i);
    if (!signature) continue;
    const std::string tag = fallback_tag(from.digest) + suffixes.at(i);
    DEPLOYCTL_CHECK(promote_image(client, {.repository = from.repository, .digest = signature->digest},
                                  {.repository = to.repository, .tag = tag}, inner, stop));
    ++count;
  }
  return count;
}

} // namespace deployctl::registry
