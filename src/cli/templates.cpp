#include "cli/templates.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/strings.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<PipelineTemplate, 5> templates = {{
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
    {"compose", "production", "a Compose project, brought up on servers", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

# References, never values: docs/secrets.md names the stores.
# secrets: { password: env://DATABASE_PASSWORD }

environments:
  production:
    # Servers with Docker and its Compose: local, or user@server.
    hosts: { web: [@HOSTS@] }

steps:
  compose:
    # 'deployctl explain compose.project' tells every field.
    uses: compose.project
    with:
      name: @PROJECT@
      # Releases are kept here; 'current' leads to the live one.
      path: /srv/@PROJECT@
      # Move the Compose file and what it mounts there: all of it is sent.
      source: @FOLDER@
      files: [@COMPOSE@]
      # Images are named by digest, in the file or here.
      # images: { web: "registry.example.com/web@sha256:..." }
      # unpinned: [cache] # services whose image may be a tag
      # What becomes '.env' beside the file, for its owner only.
      # env: { DATABASE_PASSWORD: "${secrets.password}" }
      # What must be on a volume; apply and rollback never remove one.
      # persistent: { database: [/var/lib/postgresql/data] }
      # once: [migrate] # services that end by themselves
      within: 3m
    strategy: { rolling: { batch: 1 } } # one server after the other
)"},
    {"container", "production", "an image of the Dockerfile here, run on servers", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

environments:
  production:
    # Servers with Docker: local, or user@server.
    hosts: { web: [@HOSTS@] }

steps:
  image:
    # Built once for the same sources; 'ref' is its digest.
    uses: image.build
    with: { repository: @IMAGE@ }
  web:
    # 'deployctl explain docker.service' tells every field.
    uses: docker.service
    with:
      name: @PROJECT@
      image: ${steps.image.ref}
      # One container can hold a port: the old one ends first. The template
      # docker-hosts has a proxy instead, and nothing is lost.
      ports: ["@PORT@:@PORT@"]
      health: { http: ":@PORT@/", within: 60s }
)"},
    {"docker-hosts", "production", "containers behind a proxy, server by server, after a migration", true,
     R"(# yaml-language-server: $schema=.deployctl/pipeline.schema.json
version: 1
project: @PROJECT@

vars:
  # The repository in your registry, and where users find it.
  image: @IMAGE@
  domain: @PROJECT@.example.com

secrets:
  # A reference, never the value: docs/secrets.md names the stores.
  database: env://DATABASE_URL

environments:
  production:
    # Servers with Docker and Caddy: local, or user@server.
    hosts: { web: [@HOSTS@] }

steps:
  image:
    # Built once for the same sources; 'ref' is its digest.
    uses: image.build
    with: { repository: "${vars.image}" }
  migrate:
    # Once, on the first server, before any container is replaced.
    uses: docker.task
    with:
      on: first
      image: ${steps.image.ref}
      command: [echo, put your migration here]
      env: { DATABASE_URL: "${secrets.database}" }
    # When a later step fails it stays; the code before must work with it.
    irreversible: { why: migrations only go forward, older_code: works }
  web:
    # 'deployctl explain docker.service' tells every field.
    uses: docker.service
    needs: [migrate]
    with:
      name: @PROJECT@
      image: ${steps.image.ref}
      env: { DATABASE_URL: "${secrets.database}" }
      # Volumes are never removed; 'persistent' must lie on one.
      volumes: ["@PROJECT@-data:/data"]
      persistent: [/data]
      # Both write /data for a moment; 'stop_first' if only one may.
      order: start_first
      # The new container must answer before requests are led to it.
      port: @PORT@
      health: { http: /, within: 60s }
      # Or haproxy, or nginx: 'deployctl explain docker.service.proxy'.
      proxy: { caddy: { site: "${vars.domain}" }, drain: 30s }
      keep: 3 # containers to go back to without a pull
    strategy: { rolling: { batch: 1, pause: 10s } }
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
  const std::array<std::pair<std::string_view, std::string>, 7> values = {
      {{"@PROJECT@", found.project},
       {"@SOURCE@", found.source.empty() ? "app" : found.source},
       {"@HOSTS@", found.hosts},
       {"@FOLDER@", found.compose_folder.empty() ? "compose" : found.compose_folder},
       {"@COMPOSE@", found.compose.empty() ? "compose.yaml" : found.compose},
       {"@IMAGE@", found.image.empty() ? "registry.example.com/" + found.project : found.image},
       {"@PORT@", std::to_string(found.port)}}};
  std::string text(find_template(name).text);
  for (const auto& [placeholder, value] : values) text = replace_all(text, placeholder, value);
  return text;
}

} // namespace deployctl::cli
