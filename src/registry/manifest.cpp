#include "registry/manifest.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t most_entries = 4'096; // of an index or of layers

Platform read_platform(const Value* value) {
  if (!value) return {};
  return {.os = text_at(*value, "os"),
          .architecture = text_at(*value, "architecture"),
          .variant = text_at(*value, "variant"),
          .os_version = text_at(*value, "os.version")};
}

Result<Descriptor> read_descriptor(const Value& value, std::string_view what) {
  const auto in = [what](Error error) {
    return std::move(error).in(fmt::format("while reading its {}", what));
  };
  auto digest = Digest::parse(text_at(value, "digest"));
  if (!digest) return fail(in(std::move(digest).error()));
  const std::int64_t size = number_at(value, "size").value_or(-1);
  if (size < 0) return fail(in({.cause = Cause::config, .message = digest->text() + " has no size"}));
  return Descriptor{.media_type = text_at(value, "mediaType"),
                    .digest = *std::move(digest),
                    .size = static_cast<std::uint64_t>(size),
                    .platform = read_platform(value.find("platform")),
                    .artifact_type = text_at(value, "artifactType"),
                    .annotations = text_map_at(value, "annotations")};
}

Result<std::vector<Descriptor>> read_descriptors(const Value& document, const char* key,
                                                 std::string_view what) {
  std::vector<Descriptor> descriptors;
  const Value::List& list = list_at(document, key);
  if (list.size() > most_entries)
    return fail(Cause::config,
                fmt::format("a manifest with {} entries, at most {} are read", list.size(), most_entries));
  for (const Value& item : list) {
    DEPLOYCTL_TRY(Descriptor descriptor, read_descriptor(item, what));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

// What the bytes are: their own word, else the server's, else their members'.
Result<std::string> type_of(const Value& document, std::string_view content_type) {
  const std::string own = text_at(document, "mediaType");
  const std::string told = media_type::essence(content_type);
  if (number_at(document, "schemaVersion") == 1 || media_type::is_first_schema(told))
    return fail(Cause::config, "the manifest is of Docker's first schema, which is not read",
                "push the image again with a tool of this decade");
  const bool tells = media_type::is_index(told) || media_type::is_image(told);
  if (!own.empty() && tells && own != told)
    return fail(Cause::conflict,
                fmt::format("a manifest says that it is '{}', the server that it is '{}'", own, told));
  if (!own.empty()) return own;
  if (tells) return told;
  return std::string(document.find("manifests") ? media_type::oci_index : media_type::oci_manifest);
}

Status read_image(Manifest& manifest, const Value& document) {
  const Value* config = document.find("config");
  if (!config) return fail(Cause::config, "the manifest has no config");
  DEPLOYCTL_TRY(manifest.config, read_descriptor(*config, "config"));
  DEPLOYCTL_TRY(manifest.layers, read_descriptors(document, "layers", "layers"));
  if (manifest.artifact_type.empty()) manifest.artifact_type = manifest.config.media_type;
  return {};
}

} // namespace

std::string Platform::text() const {
  if (os.empty() && architecture.empty()) return {};
  return os + "/" + architecture + (variant.empty() ? "" : "/" + variant);
}

bool Descriptor::is_attestation() const {
  const auto found = annotations.find("vnd.docker.reference.type");
  return found != annotations.end() && found->second == "attestation-manifest";
}

bool Manifest::is_index() const {
  return media_type::is_index(media_type);
}

Descriptor Manifest::descriptor() const {
  return {.media_type = media_type, .digest = digest, .size = bytes.size()};
}

std::vector<Descriptor> Manifest::blobs() const {
  std::vector<Descriptor> blobs;
  std::set<Digest> seen;
  const auto add = [&](const Descriptor& blob) {
    if (!media_type::is_foreign(blob.media_type) && seen.insert(blob.digest).second) blobs.push_back(blob);
  };
  if (!config.digest.empty()) add(config);
  std::ranges::for_each(layers, add);
  return blobs;
}

Result<Manifest> parse_manifest(std::string bytes, std::string_view content_type) {
  DEPLOYCTL_TRY(const Value document,
                parse_json(bytes, JsonMode::plain, {.bytes = largest_manifest, .depth = 32}));
  if (!document.map()) return fail(Cause::config, "the manifest is not a JSON object");
  Manifest manifest{.digest = Digest::of(bytes),
                    .artifact_type = text_at(document, "artifactType"),
                    .annotations = text_map_at(document, "annotations")};
  DEPLOYCTL_TRY(manifest.media_type, type_of(document, content_type));
  if (manifest.is_index()) {
    if (document.find("layers")) return fail(Cause::config, "an index that has layers is two things at once");
    DEPLOYCTL_TRY(manifest.manifests, read_descriptors(document, "manifests", "manifests"));
  } else if (media_type::is_image(manifest.media_type)) {
    if (document.find("manifests"))
      return fail(Cause::config, "an image that has manifests is two things at once");
    DEPLOYCTL_CHECK(read_image(manifest, document));
  } else {
    return fail(Cause::config,
                fmt::format("'{}' is not the media type of an image or an index", manifest.media_type));
  }
  if (const Value* subject = document.find("subject"); subject && !subject->is_null()) {
    DEPLOYCTL_TRY(manifest.subject, read_descriptor(*subject, "subject"));
  }
  manifest.bytes = std::move(bytes);
  return manifest;
}

Value to_value(const Descriptor& descriptor) {
  Value::Map map{{"mediaType", descriptor.media_type},
                 {"digest", descriptor.digest.text()},
                 {"size", static_cast<std::int64_t>(descriptor.size)}};
  if (!descriptor.artifact_type.empty()) map["artifactType"] = descriptor.artifact_type;
  if (!descriptor.annotations.empty())
    map["annotations"] = Value::Map(descriptor.annotations.begin(), descriptor.annotations.end());
  if (const Platform& platform = descriptor.platform; platform != Platform{}) {
    Value::Map of;
    const std::pair<const char*, const std::string&> parts[] = {{"os", platform.os},
                                                                {"architecture", platform.architecture},
                                                                {"variant", platform.variant},
                                                                {"os.version", platform.os_version}};
    for (const auto& [name, text] : parts)
      if (!text.empty()) of.emplace(name, text);
    map["platform"] = std::move(of);
  }
  return map;
}

Result<Manifest> make_image(std::string_view type, const Descriptor& config,
                            const std::vector<Descriptor>& layers) {
  Value::List list;
  for (const Descriptor& layer : layers) list.push_back(to_value(layer));
  return parse_manifest(to_json(Value(Value::Map{{"schemaVersion", 2},
                                                 {"mediaType", type},
                                                 {"config", to_value(config)},
                                                 {"layers", std::move(list)}}),
                                JsonMode::plain));
}

Result<Manifest> make_index(const std::vector<Descriptor>& manifests, const Annotations& annotations) {
  Value::List list;
  for (const Descriptor& manifest : manifests) list.push_back(to_value(manifest));
  Value::Map document{
      {"schemaVersion", 2}, {"mediaType", media_type::oci_index}, {"manifests", std::move(list)}};
  if (!annotations.empty()) document["annotations"] = Value::Map(annotations.begin(), annotations.end());
  return parse_manifest(to_json(Value(std::move(document)), JsonMode::plain));
}

} // namespace deployctl::registry
