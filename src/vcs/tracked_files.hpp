// Which files git keeps. Apart from repository.hpp, which half of the program includes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::vcs {

// Names below `folder` of the regular files that are in the index of its repository, in path order; links and
// submodules are not among them. None: there is no repository with a working tree.
Result<std::optional<std::vector<std::string>>> tracked_files(const std::string& folder);

} // namespace deployctl::vcs
