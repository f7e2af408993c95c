// What `init` writes: small pipelines that validate as they are and say in comments what to change.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/starting_point.hpp"

namespace deployctl::cli {

struct PipelineTemplate {
  std::string_view name;
  std::string_view environment; // that it declares
  std::string_view summary;
  bool has_hosts = true;
  std::string_view text; // @PROJECT@ and what else template_text knows is filled in
};

std::span<const PipelineTemplate> pipeline_templates();

// `name` is one of the choices of `init --template`.
const PipelineTemplate& find_template(std::string_view name);

// What fits what was found.
std::string_view fitting_template(const StartingPoint& found);

std::string template_text(std::string_view name, const StartingPoint& found);

} // namespace deployctl::cli
