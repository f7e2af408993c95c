#include "registry/bench.hpp"

#include <random>

#include "base/json.hpp"
#include "registry/media_type.hpp"

namespace deployctl::tests {

using namespace registry;

Descriptor TextImage::add_blob(const std::string& bytes, std::string_view type) {
  const Digest digest = Digest::of(bytes);
  blobs_[digest] = bytes;
  return {.media_type = std::string(type), .digest = digest, .size = bytes.size()};
}

Descriptor TextImage::add_image(const std::vector<std::string>& layers, const std::string& note) {
  std::vector<Descriptor> of;
  std::string diff_ids;
  for (const std::string& layer : layers) {
    of.push_back(add_blob(layer, media_type::oci_layer_gzip));
    diff_ids += (diff_ids.empty() ? "\"" : ",\"") + of.back().digest.text() + "\"";
  }
  const std::string config =
      R"({"architecture":"amd64","os":"linux","config":{"User":"1000","Labels":{"note":")" + note +
      R"("}},"rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}";
  return add(make_image(media_type::oci_manifest, add_blob(config, media_type::oci_config), of).value());
}

Descriptor TextImage::add_index(const std::vector<Descriptor>& children) {
  return add(make_index(children).value());
}

Descriptor TextImage::add(const Manifest& manifest) {
  root_ = manifest.digest;
  manifests_[root_] = manifest;
  return manifest.descriptor();
}

std::map<Digest, std::string> TextImage::everything() const {
  std::map<Digest, std::string> all = blobs_;
  for (const auto& [digest, manifest] : manifests_) all[digest] = manifest.bytes;
  return all;
}

TextImage note_about(const Descriptor& subject) {
  TextImage note;
  const Value document =
      Value::Map{{"schemaVersion", 2},
                 {"mediaType", media_type::oci_manifest},
                 {"config", to_value(note.add_blob("{}", "application/vnd.example.note+json"))},
                 {"layers", Value::List{}},
                 {"subject", to_value(subject)}};
  note.add(parse_manifest(to_json(document, JsonMode::plain)).value());
  return note;
}

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937_64 random(seed);
  std::string bytes(size, ' ');
  for (std::size_t i = 0; i < size; i += 8) {
    const std::uint64_t word = random();
    for (std::size_t j = i; j < std::min(size, i + 8); ++j)
      bytes[j] = static_cast<char>(word >> (8 * (j - i)));
  }
  return bytes;
}

} // namespace deployctl::tests
