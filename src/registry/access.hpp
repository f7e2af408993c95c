// What one undertaking may touch at a registry, known before its first request, so that one token serves all
// of it. A value.
#pragma once

#include <string>
#include <vector>

#include "registry/reference.hpp"

namespace deployctl::registry {

struct Access {
  Repository repository;
  bool push = false;
  bool remove = false;
  std::vector<std::string> more; // scopes of other repositories of the host: sources of mounts

  // "repository:team/app:pull,push", that of `repository` first: some servers read only one.
  [[nodiscard]] std::vector<std::string> scopes() const {
    std::vector<std::string> all = {"repository:" + repository.name + ":pull" + (push ? ",push" : "") +
                                    (remove ? ",delete" : "")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

inline Access pull_from(Repository repository) {
  return {.repository = std::move(repository)};
}
inline Access push_to(Repository repository) {
  return {.repository = std::move(repository), .push = true};
}

} // namespace deployctl::registry
