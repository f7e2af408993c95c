#include "cli/templates.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <stdexcept>

#include "base/strings.hpp"

namespace deployctl::cli {
namespace {

struct PipelineTemplate {
  std::string_view name;
  std::string_view environment;
  std::string_view text; // PROJECT and SOURCE are filled in
};

constexpr std::array<PipelineTemplate, 2> templates = {{
    {"host-release", "production", R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: PROJECT

environments:
  production:
    hosts: { web: [local] }              # where it runs

steps:
  web:
    uses: host.release                   # 'deployctl explain host.release' tells every field
    with:
      path: /srv/PROJECT                 # releases are kept here; 'current' points to the live one
      source: SOURCE                     # the folder that is deployed
      keep: 5
      # reload: [systemctl, reload, PROJECT]
      # health: { http: "http://127.0.0.1:8000/healthz", within: 30s }
)"},
    {"exec", "local", R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: PROJECT

environments:
  local: {}

steps:
  test:
    uses: exec.run                       # 'deployctl explain exec.run' tells every field
    with:
      command: [echo, put your tests here]
      effect: none                       # changes nothing: may be repeated at any time
  deploy:
    uses: exec.run
    needs: [test]
    with:
      command: [echo, put your deployment here]
      effect: repeatable                 # running it twice is the same as once
)"},
}};

const PipelineTemplate& find_template(std::string_view name) {
  const auto found = std::find_if(templates.begin(), templates.end(),
                                  [&](const PipelineTemplate& one) { return one.name == name; });
  if (found == templates.end()) throw std::logic_error("no template of this name");
  return *found;
}

// The folder's name in the letters that a project may have.
std::string project_name(const std::string& directory) {
  std::string name = to_lower(std::filesystem::path(directory).filename().string());
  std::replace_if(
      name.begin(), name.end(),
      [](char letter) { return !(letter >= 'a' && letter <= 'z') && !(letter >= '0' && letter <= '9'); },
      '-');
  name.erase(0, std::min(name.find_first_of("abcdefghijklmnopqrstuvwxyz"), name.size()));
  return name.empty() ? "app" : name.substr(0, 40);
}

std::string source_folder(const std::string& directory) {
  for (const char* name : {"app", "dist", "public", "build", "src"})
    if (std::filesystem::is_directory(std::filesystem::path(directory) / name)) return name;
  return "app";
}

} // namespace

std::string template_text(std::string_view name, const std::string& directory) {
  const std::string named = replace_all(find_template(name).text, "PROJECT", project_name(directory));
  return replace_all(named, "SOURCE", source_folder(directory));
}

std::string_view template_environment(std::string_view name) {
  return find_template(name).environment;
}

} // namespace deployctl::cli
