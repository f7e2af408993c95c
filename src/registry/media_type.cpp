#include "registry/media_type.hpp"

#include "base/strings.hpp"

namespace deployctl::registry::media_type {

bool is_index(std::string_view type) {
  return type == oci_index || type == docker_list;
}

bool is_image(std::string_view type) {
  return type == oci_manifest || type == docker_manifest;
}

bool is_first_schema(std::string_view type) {
  return type.starts_with("application/vnd.docker.distribution.manifest.v1+");
}

bool is_foreign(std::string_view type) {
  return type.starts_with("application/vnd.docker.image.rootfs.foreign.") ||
         type.starts_with("application/vnd.oci.image.layer.nondistributable.");
}

std::string essence(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

std::string accepted_manifests() {
  return deployctl::join({std::string(oci_index), std::string(docker_list), std::string(oci_manifest),
                          std::string(docker_manifest)},
                         ", ");
}

} // namespace deployctl::registry::media_type
