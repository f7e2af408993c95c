#include "base/registry_settings.hpp"

namespace deployctl {
namespace {

Table<RegistrySettings> make_table() {
  Table<RegistrySettings> table;
  table
      .add(&RegistrySettings::host,
           {.name = "host",
            .help = "The registry's host, with its port, as names of images have it.",
            .example = "registry.example.com:5000",
            .required = true})
      .add(&RegistrySettings::plain_http,
           {.name = "plain_http",
            .type = FieldType::boolean,
            .help = "Whether it is spoken to without TLS; else only a registry of this machine is.",
            .example = "true"})
      .add(&RegistrySettings::ca, {.name = "ca",
                                   .help = "A file of certificates in PEM that vouch for it, besides the "
                                           "system's; below the pipeline's folder "
                                           "unless it is absolute.",
                                   .example = "certificates/registry.pem"})
      .add(
          &RegistrySettings::user,
          {.name = "user", .help = "Who to be there; else what docker and podman know.", .example = "deploy"})
      .add(&RegistrySettings::password, {.name = "password",
                                         .help = "The user's password or access token.",
                                         .example = "${secrets.registry}",
                                         .secret = SecretUse::reference});
  return table;
}

} // namespace

const Table<RegistrySettings>& registry_settings() {
  static const Table<RegistrySettings> table = make_table();
  return table;
}

} // namespace deployctl
