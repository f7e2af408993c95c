// Manifests, indexes and configurations of images as values. The bytes are kept as they came: a digest is
// theirs. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "registry/digest.hpp"

namespace deployctl::registry {

struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;

  [[nodiscard]] std::string text() const; // "linux/arm64/v8"; empty when nothing is known
  friend bool operator==(const Platform&, const Platform&) = default;
};

using Annotations = std::map<std::string, std::string>;

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size = 0;
  Platform platform;         // in an index
  std::string artifact_type; // in a list of referrers
  Annotations annotations;

  // BuildKit's note on an image beside it in the index, not an image of a platform.
  [[nodiscard]] bool is_attestation() const;
};

struct Manifest {
  std::string bytes;
  Digest digest;
  std::string media_type;
  Descriptor config;                 // of an image
  std::vector<Descriptor> layers;    // of an image
  std::vector<Descriptor> manifests; // of an index
  Descriptor subject;                // what it refers to; its digest is empty when it refers to nothing
  std::string artifact_type;         // that of the configuration when none is written
  Annotations annotations;

  [[nodiscard]] bool is_index() const;
  [[nodiscard]] Descriptor descriptor() const;
  // Configuration and layers, each digest once, without foreign layers.
  [[nodiscard]] std::vector<Descriptor> blobs() const;
};

inline constexpr std::size_t largest_manifest = 8U << 20; // bytes that are read

// `content_type` as the server said it; empty: not known. Cause::config: no manifest, one of Docker's first
// schema, a media type that contradicts the content.
Result<Manifest> parse_manifest(std::string bytes, std::string_view content_type = {});

struct ImageConfig {
  Platform platform;
  std::string created; // RFC 3339 as written
  std::string user;
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> exposed_ports; // "8000/tcp"
  std::vector<std::string> volumes;
  std::map<std::string, std::string> labels;
  std::vector<Digest> diff_ids; // of the layers, unpacked
  bool has_health_check = false;

  // "", "0", "root", also with a group behind it.
  [[nodiscard]] bool runs_as_root() const;
};

Result<ImageConfig> parse_image_config(std::string_view bytes); // Cause::config

// In the form of our own manifests: canonical JSON.
Value to_value(const Descriptor& descriptor);
// An image manifest or an index of these parts; bytes, digest and the rest are filled in.
Result<Manifest> make_image(std::string_view type, const Descriptor& config,
                            const std::vector<Descriptor>& layers);
Result<Manifest> make_index(const std::vector<Descriptor>& manifests, const Annotations& annotations = {});

} // namespace deployctl::registry
