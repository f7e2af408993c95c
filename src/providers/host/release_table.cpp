#include "providers/host/release_inputs.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

Field command(std::string name, std::string help, std::string example) {
  return {.name = std::move(name),
          .type = FieldType::argv,
          .help = std::move(help),
          .example = std::move(example),
          .managed = false,
          .secret = SecretUse::never};
}

Field duration(std::string name, std::string help, std::string example, const char* fallback,
               std::int64_t most) {
  return {.name = std::move(name),
          .type = FieldType::duration,
          .help = std::move(help),
          .example = std::move(example),
          .fallback = Value(fallback),
          .least = 1,
          .most = most};
}

Table<Health> health_table() {
  Table<Health> table;
  table.add(&Health::http, {.name = "http",
                            .help = "The URL that tells health, or port and path on the host.",
                            .example = ":8000/healthz",
                            .required = true});
  add_answer(table);
  table
      .add(&Health::within,
           duration("within", "How long the release may take to become healthy.", "90s", "60s", 86'400'000))
      .add(&Health::interval,
           duration("interval", "The time between two requests.", "1s", "500ms", 3'600'000))
      .add(&Health::consecutive, {.name = "consecutive",
                                  .type = FieldType::integer,
                                  .help = "How many good answers in a row are asked for.",
                                  .example = "3",
                                  .fallback = 1,
                                  .least = 1,
                                  .most = 1000})
      .add(&Health::timeout, duration("timeout", "How long one request may take.", "2s", "5s", 600'000));
  return table;
}

void add_content(Table<ReleaseInputs>& table) {
  table
      .add(&ReleaseInputs::path,
           {.name = "path",
            .type = FieldType::path,
            .help = "The folder on the host that holds releases/, shared/ and the link current.",
            .example = "/srv/web",
            .required = true,
            .identity = true})
      .add(&ReleaseInputs::source, {.name = "source",
                                    .type = FieldType::tree,
                                    .help = "The local folder that becomes the release.",
                                    .example = "dist"})
      .add(&ReleaseInputs::archive,
           {.name = "archive",
            .type = FieldType::file,
            .help = "A local .tar, .tar.gz or .tgz that is unpacked to become the release.",
            .example = "build/web.tar.gz"})
      .add(&ReleaseInputs::shared,
           {.name = "shared",
            .type = FieldType::map,
            .help = "Names in the release that are links into shared/; a target that ends with '/' is a "
                    "folder and is "
                    "created, any other must exist.",
            .example = "{ data: data/, .env: web.env }",
            .element = {{.name = "shared", .help = "The path below shared/.", .example = "data/"}}})
      .add(&ReleaseInputs::version, {.name = "version",
                                     .help = "A version that begins the name of the release's folder.",
                                     .example = "${release.version}",
                                     .managed = false,
                                     .annotation = true})
      .add(&ReleaseInputs::architecture,
           {.name = "architecture",
            .type = FieldType::choice,
            .help = "The architecture that the release is built for; a host of another one blocks the plan.",
            .example = "amd64",
            .managed = false,
            .choices = {"amd64", "arm64", "arm", "386", "riscv64", "ppc64le", "s390x"}});
}

void add_conduct(Table<ReleaseInputs>& table) {
  table
      .add(&ReleaseInputs::preflight, command("preflight",
                                              "A command that runs in the new release before it goes live, "
                                              "for example a test of its configuration.",
                                              "[./bin/app, check-config]"))
      .add(&ReleaseInputs::reload,
           command("reload", "The command that makes the service use the new release, run in it.",
                   "[./bin/app, reload]"))
      .object(&ReleaseInputs::systemd,
              {.name = "systemd",
               .help = "The systemd unit that runs the release, told about a new one, or written altogether.",
               .example = "{ unit: web.service }",
               .managed = false},
              systemd_table())
      .object(&ReleaseInputs::health,
              {.name = "health",
               .help = "How to know that the release works once it is live.",
               .example = "{ http: \":8000/healthz\" }",
               .managed = false},
              health_table())
      .add(&ReleaseInputs::env, {.name = "env",
                                 .type = FieldType::map,
                                 .help = "Environment variables of `preflight` and `reload`.",
                                 .example = "{ APP_ENV: production }",
                                 .managed = false,
                                 .secret = SecretUse::value,
                                 .element = {{.name = "env",
                                              .help = "The value of one variable.",
                                              .example = "production",
                                              .secret = SecretUse::value}}})
      .add(&ReleaseInputs::keep,
           {.name = "keep",
            .type = FieldType::integer,
            .help = "How many releases stay on the host, beside the live one and the one before.",
            .example = "3",
            .fallback = 5,
            .managed = false,
            .least = 1,
            .most = 100});
}

} // namespace

Table<ReleaseInputs> release_table() {
  Table<ReleaseInputs> table;
  add_content(table);
  add_conduct(table);
  add_ownership(table);
  return table;
}

std::vector<Field> release_fields() {
  std::vector<Field> fields = release_table().fields();
  fields.push_back(hosts_field());
  return fields;
}

} // namespace deployctl::providers::host
