#include "cli/templates.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/strings.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<PipelineTemplate, 4> templates = {{
    {"host-release", "production", "a folder of files, as a release on servers", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

environments:
  production:
    # Where it runs: local, or user@server.
    hosts: { web: [@HOSTS@] }

steps:
  web:
    # 'deployctl explain host.release' tells every field.
    uses: host.release
    with:
      # Releases are kept here; 'current' points to the live one.
      path: /srv/@PROJECT@
      # The folder that is deployed.
      source: @SOURCE@
      keep: 5
      # reload: [systemctl, reload, @PROJECT@]
      # health: { http: "http://127.0.0.1:8000/healthz", within: 30s }
)"},
    {"exec", "local", "commands that you have already, in order", false,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

environments:
  local: {}

steps:
  test:
    # 'deployctl explain exec.run' tells every field.
    uses: exec.run
    with:
      command: [echo, put your tests here]
      effect: none # changes nothing: may be repeated at any time
  deploy:
    uses: exec.run
    needs: [test]
    with:
      command: [echo, put your deployment here]
      effect: repeatable # running it twice is the same as once
)"},
    {"compose", "production", "a Compose file, brought up on servers", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

environments:
  production:
    # Servers with Docker and its compose plugin.
    hosts: { web: [@HOSTS@] }

steps:
  compose:
    # The file alone is compared; a change of it brings the services up.
    uses: file.put
    with:
      path: /srv/@PROJECT@/compose.yaml
      source: @COMPOSE@
  up:
    # 'deployctl explain host.run' tells every field.
    uses: host.run
    needs: [compose]
    with:
      command: [docker, compose, up, --detach, --wait, --remove-orphans]
      directory: /srv/@PROJECT@
      effect: repeatable # running it twice is the same as once
)"},
    {"container", "production", "an image of the Dockerfile here, run on servers", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

vars:
  # The repository in your registry.
  image: @IMAGE@

environments:
  production:
    # Servers with Docker.
    hosts: { web: [@HOSTS@] }

steps:
  image:
    # 'deployctl explain exec.run' tells every field.
    uses: exec.run
    with:
      script: |
        docker build --tag "$IMAGE" .
        docker push "$IMAGE"
      env: { IMAGE: "${vars.image}:${git.short}" }
      effect: repeatable # running it twice is the same as once
      check: [docker, manifest, inspect, "${vars.image}:${git.short}"]
  web:
    # 'deployctl explain host.run' tells every field.
    uses: host.run
    needs: [image]
    with:
      script: |
        docker pull "$IMAGE"
        docker rm --force @PROJECT@ 2>/dev/null || true
        docker run --detach --restart unless-stopped --name @PROJECT@ \
          --publish @PORT@:@PORT@ "$IMAGE"
      env: { IMAGE: "${vars.image}:${git.short}" }
      effect: repeatable
)"},
}};

} // namespace

std::span<const PipelineTemplate> pipeline_templates() {
  return templates;
}

const PipelineTemplate& find_template(std::string_view name) {
  const auto* const found = std::ranges::find(templates, name, &PipelineTemplate::name);
  if (found == templates.end()) throw std::logic_error("no template of this name");
  return *found;
}

std::string_view fitting_template(const StartingPoint& found) {
  if (!found.compose.empty()) return "compose";
  return found.dockerfile ? "container" : "host-release";
}

std::string template_text(std::string_view name, const StartingPoint& found) {
  const std::array<std::pair<std::string_view, std::string>, 6> values = {
      {{"@PROJECT@", found.project},
       {"@SOURCE@", found.source.empty() ? "app" : found.source},
       {"@HOSTS@", found.hosts},
       {"@COMPOSE@", found.compose.empty() ? "compose.yaml" : found.compose},
       {"@IMAGE@", found.image.empty() ? "registry.example.com/" + found.project : found.image},
       {"@PORT@", std::to_string(found.port)}}};
  std::string text(find_template(name).text);
  for (const auto& [placeholder, value] : values) text = replace_all(text, placeholder, value);
  return text;
}

} // namespace deployctl::cli
