// What of the live release is no longer as it was released: the release planned again against the world,
// read-only.
#pragma once

#include <string>
#include <vector>

#include "cli/project.hpp"
#include "ui/status_view.hpp"

namespace deployctl::cli {

// One entry a resource step of the live release. Error when the world cannot be asked.
Result<std::vector<ui::LiveStep>> drift_of(Invocation& invocation, const Project& project,
                                           const std::string& environment);

} // namespace deployctl::cli
