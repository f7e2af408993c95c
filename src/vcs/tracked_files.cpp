#include "vcs/tracked_files.hpp"

#include <filesystem>
#include <memory>

#include "vcs/git_store.hpp"

namespace deployctl::vcs {

Result<std::optional<std::vector<std::string>>> tracked_files(const std::string& folder) {
  DEPLOYCTL_TRY(const std::unique_ptr<GitStore> store, GitStore::open(folder));
  if (!store) return std::nullopt;
  std::error_code error;
  const auto root = std::filesystem::weakly_canonical(store->root(), error);
  std::string head =
      std::filesystem::weakly_canonical(folder, error).lexically_relative(root).generic_string();
  head = head == "." || head.empty() ? std::string() : head + "/";
  DEPLOYCTL_TRY(const std::vector<std::string> all, store->tracked());
  std::vector<std::string> below;
  for (const std::string& name : all)
    if (name.compare(0, head.size(), head) == 0) below.push_back(name.substr(head.size()));
  return below;
}

} // namespace deployctl::vcs
