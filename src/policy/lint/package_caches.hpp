// Package managers that leave their downloads in a layer of the image.
#pragma once

#include <string_view>

#include "formats/dockerfile.hpp"
#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {

// `text` is the Dockerfile: commands in heredocs are read there.
void check_package_caches(const formats::Dockerfile& file, std::string_view text, Findings& findings);

} // namespace deployctl::policy::lint
