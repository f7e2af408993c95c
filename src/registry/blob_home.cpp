#include "registry/blob_home.hpp"

#include <algorithm>

namespace deployctl::registry {

std::string mount_name(const ImageSource& source, const Descriptor& blob, const Repository& to) {
  const Repository* home = source.home_of(blob);
  return home && home->host == to.host && home->name != to.name ? home->name : "";
}

Access push_with_mounts(const ImageSource& source, const Manifest& root, const Repository& to) {
  Access access = push_to(to);
  for (const Descriptor& blob : root.blobs()) {
    const std::string name = mount_name(source, blob, to);
    if (name.empty()) continue;
    const std::vector<std::string> scopes = pull_from({.host = to.host, .name = name}).scopes();
    if (std::ranges::find(access.more, scopes.front()) == access.more.end())
      access.more.push_back(scopes.front());
  }
  return access;
}

} // namespace deployctl::registry
