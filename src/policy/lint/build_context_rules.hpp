// What COPY and ADD take into an image, and what `.dockerignore` should keep out of the build.
#pragma once

#include "formats/dockerfile.hpp"
#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {

struct BuildContext;

Findings::Place place_of(const formats::DockerWord& word);

void check_build_context(const formats::Dockerfile& file, const BuildContext* context, Findings& findings);

} // namespace deployctl::policy::lint
