#include "providers/compose/inputs.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr const char* service_pattern = "[a-zA-Z0-9][a-zA-Z0-9._-]*";

Field names(std::string name, std::string help, std::string example) {
  return {.name = std::move(name),
          .type = FieldType::list,
          .help = std::move(help),
          .example = std::move(example),
          .managed = false,
          .element = {{.name = "name", .help = "The name of one of them.", .example = "worker"}}};
}

Field time_field(std::string name, std::string help, std::string example, const char* fallback) {
  return {.name = std::move(name),
          .type = FieldType::duration,
          .help = std::move(help),
          .example = std::move(example),
          .fallback = Value(fallback),
          .managed = false,
          .least = 1,
          .most = 86'400'000};
}

void add_project(Table<ProjectInputs>& table) {
  table
      .add(&ProjectInputs::name, {.name = "name",
                                  .help = "The name of the Compose project on its hosts.",
                                  .example = "shop",
                                  .required = true,
                                  .identity = true,
                                  .pattern = "[a-z0-9][a-z0-9_-]{0,62}"})
      .add(&ProjectInputs::path, {.name = "path",
                                  .type = FieldType::path,
                                  .help = "The folder on the host that holds releases/ and the link current.",
                                  .example = "/srv/shop",
                                  .required = true,
                                  .managed = false})
      .add(&ProjectInputs::source,
           {.name = "source",
            .type = FieldType::tree,
            .help = "The local folder with the Compose file and what it mounts; it becomes the release.",
            .example = "compose",
            .required = true})
      .add(
          &ProjectInputs::files,
          {.name = "files",
           .type = FieldType::list,
           .help = "The Compose files in that folder, each laid over those before.",
           .example = "[compose.yaml, compose.production.yaml]",
           .fallback = Value(Value::List{"compose.yaml"}),
           .managed = false,
           .least = 1,
           .element = {{.name = "file", .help = "The name of one Compose file.", .example = "compose.yaml"}}})
      .add(&ProjectInputs::profiles, names("profiles", "The profiles whose services run too.", "[worker]"));
}

void add_content(Table<ProjectInputs>& table) {
  table
      .add(&ProjectInputs::images,
           {.name = "images",
            .type = FieldType::map,
            .help = "The images of services, by digest, instead of those that the file names.",
            .example = "{ api: \"registry.example.com/api@sha256:4f53...\" }",
            .managed = false,
            .pattern = service_pattern,
            .element = {{.name = "image",
                         .help = "The image of one service.",
                         .example = "registry.example.com/api@sha256:4f53..."}}})
      .add(&ProjectInputs::unpinned,
           names("unpinned",
                 "Services whose image may be a tag: they run whatever it means when it is pulled.",
                 "[mailhog]"))
      .add(&ProjectInputs::env,
           {.name = "env",
            .type = FieldType::map,
            .help = "What becomes the file .env beside the Compose file, readable by its owner only.",
            .example = "{ DATABASE_PASSWORD: \"${secrets.token}\" }",
            .secret = SecretUse::value,
            .element = {{.name = "env",
                         .help = "The value of one variable.",
                         .example = "production",
                         .secret = SecretUse::value}}})
      .add(&ProjectInputs::persistent,
           {.name = "persistent",
            .type = FieldType::map,
            .help = "Paths in containers, by service, that must be on a volume, also in what runs now.",
            .example = "{ database: [/var/lib/postgresql/data] }",
            .managed = false,
            .pattern = service_pattern,
            .element =
                {{.name = "paths",
                  .type = FieldType::list,
                  .help = "The paths of one service.",
                  .example = "[/data]",
                  .element = {{.name = "path", .help = "One path in the container.", .example = "/data"}}}}})
      .add(&ProjectInputs::once,
           names("once", "Services that are to end by themselves, with exit status 0.", "[migrate]"));
}

void add_conduct(Table<ProjectInputs>& table) {
  table
      .add(&ProjectInputs::orphans,
           {.name = "orphans",
            .type = FieldType::choice,
            .help = "What happens to containers of the project whose service no file has.",
            .example = "remove",
            .fallback = Value("report"),
            .managed = false,
            .choices = {"report", "remove"}})
      .add(&ProjectInputs::within,
           time_field("within", "How long the services may take to run and be healthy.", "3m", "60s"))
      .add(&ProjectInputs::grace,
           time_field("grace", "How long a container that is stopped gets to end.", "30s", "10s"))
      .add(&ProjectInputs::keep,
           {.name = "keep",
            .type = FieldType::integer,
            .help = "How many releases stay on the host, beside the live one and the one before.",
            .example = "3",
            .fallback = Value(5),
            .managed = false,
            .least = 1,
            .most = 100})
      .add(&ProjectInputs::prune,
           {.name = "prune",
            .type = FieldType::boolean,
            .help = "Also removes images that only releases needed which are gone; volumes always stay.",
            .example = "true",
            .fallback = Value(false),
            .managed = false});
}

} // namespace

Table<ProjectInputs> project_table() {
  Table<ProjectInputs> table;
  add_project(table);
  add_content(table);
  add_conduct(table);
  return table;
}

std::vector<Field> project_fields() {
  std::vector<Field> fields = project_table().fields();
  fields.push_back(hosts_field());
  return fields;
}

} // namespace deployctl::providers::compose
