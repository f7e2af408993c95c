// The media types of manifests, configurations and layers. Pure data.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::registry::media_type {

inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view oci_layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer_gzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar";
inline constexpr std::string_view octets = "application/octet-stream";

bool is_index(std::string_view type);
bool is_image(std::string_view type);
bool is_first_schema(std::string_view type); // Docker's schema 1, long deprecated
// Layers that are fetched from elsewhere and never uploaded.
bool is_foreign(std::string_view type);
// "type/subtype" in lower case, without parameters.
std::string essence(std::string_view content_type);
// All four kinds of manifest in one line: with less, servers answer 404 for what they have.
std::string accepted_manifests();

} // namespace deployctl::registry::media_type
