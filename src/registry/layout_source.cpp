#include "registry/layout_source.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "registry/checked_body.hpp"
#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

constexpr const char* mark = "oci-layout";
constexpr const char* list_of_images = "index.json";
constexpr std::size_t largest_mark = 4U << 10;

std::string place_of(const Digest& digest) {
  return "blobs/" + digest.algorithm + "/" + digest.encoded;
}

// A layout names its images in two ways.
std::vector<std::string> names_of(const Descriptor& descriptor) {
  std::vector<std::string> names;
  for (const char* key : {"org.opencontainers.image.ref.name", "io.containerd.image.name"})
    if (const auto found = descriptor.annotations.find(key); found != descriptor.annotations.end())
      names.push_back(found->second);
  return names;
}

Result<Descriptor> chosen(const Manifest& index, const std::string& name) {
  std::vector<Descriptor> fitting;
  std::vector<std::string> all;
  for (const Descriptor& descriptor : index.manifests) {
    const auto names = names_of(descriptor);
    all.insert(all.end(), names.begin(), names.end());
    if (descriptor.is_attestation() || (!name.empty() && std::ranges::find(names, name) == names.end()))
      continue;
    if (std::ranges::find(fitting, descriptor.digest, &Descriptor::digest) == fitting.end())
      fitting.push_back(descriptor);
  }
  if (fitting.size() == 1) return fitting.front();
  if (index.manifests.empty()) return fail(Cause::config, "the layout holds no image");
  const std::string help = all.empty() ? "none of them has a name" : "it has " + join(all, ", ");
  if (name.empty())
    return fail(Cause::config, fmt::format("the layout holds {} images, expected one", fitting.size()), help);
  return fail(Cause::config,
              fmt::format("the layout holds {} images named '{}', expected one", fitting.size(), name), help);
}

} // namespace

Result<bool> is_layout(const ImageFiles& files) {
  DEPLOYCTL_TRY(const bool marked, has_file(files, mark));
  if (!marked) return false;
  return has_file(files, list_of_images);
}

Result<LayoutSource> LayoutSource::open(std::shared_ptr<const ImageFiles> files, const std::string& name) {
  LayoutSource source(std::move(files));
  DEPLOYCTL_TRY(const std::string text, read_small(*source.files_, mark, largest_mark));
  DEPLOYCTL_TRY(const Value document, parse_json(text, JsonMode::plain));
  if (const std::string version = text_at(document, "imageLayoutVersion"); version != "1.0.0")
    return fail(Cause::config, fmt::format("an OCI layout of version '{}', expected 1.0.0", version));
  DEPLOYCTL_TRY(std::string list, read_small(*source.files_, list_of_images, largest_manifest));
  DEPLOYCTL_TRY(const Manifest index, parse_manifest(std::move(list), media_type::oci_index));
  DEPLOYCTL_TRY(const Descriptor root, chosen(index, name));
  DEPLOYCTL_TRY(source.root_, source.manifest(root));
  return source;
}

Result<Manifest> LayoutSource::manifest(const Descriptor& descriptor) const {
  const auto in = [&](Error error) {
    return std::move(error).in(fmt::format("while reading {} of the layout", descriptor.digest.text()));
  };
  auto bytes = read_small(*files_, place_of(descriptor.digest), largest_manifest);
  if (!bytes) return fail(in(std::move(bytes).error()));
  if (Status right = check_digest(descriptor.digest, *bytes); !right)
    return fail(in(std::move(right).error()));
  auto manifest = parse_manifest(*std::move(bytes), descriptor.media_type);
  if (!manifest) return fail(in(std::move(manifest).error()));
  return manifest;
}

Result<std::unique_ptr<BodySource>> LayoutSource::blob(const Descriptor& descriptor) const {
  DEPLOYCTL_TRY(auto body, files_->open(place_of(descriptor.digest)));
  if (body->size() != descriptor.size)
    return fail(Cause::conflict, fmt::format("{} of the layout has {} bytes, its manifest says {}",
                                             descriptor.digest.text(), body->size(), descriptor.size));
  return std::make_unique<CheckedBody>(std::move(body), descriptor);
}

} // namespace deployctl::registry
