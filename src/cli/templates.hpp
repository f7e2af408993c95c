// What `init` writes: small pipelines that validate as they are and say in comments what to change.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::cli {

inline constexpr std::string_view default_template = "host-release";

// `name` is one of the choices of `init --template`. The project is named after the directory, and a
// host-release takes the first usual folder of built files that exists there.
std::string template_text(std::string_view name, const std::string& directory);

// The environment that the template declares.
std::string_view template_environment(std::string_view name);

} // namespace deployctl::cli
