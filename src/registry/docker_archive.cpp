#include "registry/docker_archive.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

constexpr const char* list_of_images = "manifest.json";
constexpr std::size_t largest_list = 4U << 20;
constexpr std::size_t largest_config = 4U << 20;
constexpr std::size_t most_layers = 4'096;

Result<const Value*> chosen(const Value& list, const std::string& name) {
  if (!list.list() || list.list()->empty()) return fail(Cause::config, "the archive holds no image");
  std::vector<const Value*> fitting;
  std::vector<std::string> all;
  for (const Value& image : *list.list()) {
    const std::vector<std::string> tags = texts_at(image, "RepoTags");
    all.insert(all.end(), tags.begin(), tags.end());
    if (name.empty() || std::ranges::find(tags, name) != tags.end()) fitting.push_back(&image);
  }
  if (fitting.size() == 1) return fitting.front();
  return fail(Cause::config,
              fmt::format("the archive holds {} images{}, expected one", fitting.size(),
                          name.empty() ? "" : fmt::format(" with the tag '{}'", name)),
              all.empty() ? "none of them has a tag" : "it has " + join(all, ", "));
}

Result<ArchiveLayer> read_layer(const ImageFiles& files, const std::string& name, const Digest& diff_id) {
  DEPLOYCTL_TRY(const auto body, files.open(name));
  std::array<char, 4> start{};
  DEPLOYCTL_TRY(const std::size_t got, body->read(0, start));
  return ArchiveLayer{
      .name = name, .diff_id = diff_id, .size = body->size(), .packing = packing_of({start.data(), got})};
}

} // namespace

Packing packing_of(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b")) return Packing::gzip;
  return first_bytes.starts_with("\x28\xb5\x2f\xfd") ? Packing::zstd : Packing::none;
}

Result<DockerArchive> read_docker_archive(std::shared_ptr<const ImageFiles> files, const std::string& name) {
  DEPLOYCTL_TRY(const std::string text, read_small(*files, list_of_images, largest_list));
  DEPLOYCTL_TRY(const Value list, parse_json(text, JsonMode::plain, {.bytes = largest_list, .depth = 16}));
  DEPLOYCTL_TRY(const Value* image, chosen(list, name));
  DockerArchive archive{.files = std::move(files)};
  DEPLOYCTL_TRY(archive.config, read_small(*archive.files, text_at(*image, "Config"), largest_config));
  archive.configuration = {.media_type = std::string(media_type::docker_config),
                           .digest = Digest::of(archive.config),
                           .size = archive.config.size()};
  DEPLOYCTL_TRY(const ImageConfig config, parse_image_config(archive.config));
  const std::vector<std::string> names = texts_at(*image, "Layers");
  if (names.size() != config.diff_ids.size() || names.size() > most_layers)
    return fail(Cause::config, fmt::format("the archive has {} layers, its configuration names {}",
                                           names.size(), config.diff_ids.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    DEPLOYCTL_TRY(ArchiveLayer layer, read_layer(*archive.files, names[i], config.diff_ids[i]));
    archive.layers.push_back(std::move(layer));
  }
  return archive;
}

} // namespace deployctl::registry
