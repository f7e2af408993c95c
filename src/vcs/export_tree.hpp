// Writes a flat list of tree entries below a new directory. Trees may come from anyone: a path cannot leave
// it.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "vcs/git_store.hpp"

namespace deployctl::vcs {

Status write_entries(const GitStore& store, const std::vector<TreeEntry>& entries,
                     const std::string& directory);

} // namespace deployctl::vcs
