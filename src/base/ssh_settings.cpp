#include "base/ssh_settings.hpp"

namespace deployctl {
namespace {

Field seconds(std::string name, std::string help, std::string example, const char* fallback) {
  return {.name = std::move(name),
          .type = FieldType::duration,
          .help = std::move(help),
          .example = std::move(example),
          .fallback = Value(fallback),
          .least = 1'000,
          .most = 600'000};
}

Table<SshSettings> make_table() {
  Table<SshSettings> table;
  table
      .add(&SshSettings::new_hosts,
           {.name = "new_hosts",
            .type = FieldType::choice,
            .help = "What happens at a host whose key nobody knows; a key that changed is always refused.",
            .example = "accept",
            .fallback = Value("refuse"),
            .choices = {"refuse", "accept"}})
      .add(&SshSettings::connect_timeout,
           seconds("connect_timeout", "How long a host may take to answer a connection.", "5s", "10s"))
      .add(&SshSettings::keepalive,
           seconds("keepalive", "The time between two signs of life; three without one are a lost host.",
                   "10s", "5s"))
      .add(&SshSettings::identity,
           {.name = "identity",
            .help = "The private key to log in with, and no other; else those of the SSH configuration.",
            .example = "~/.ssh/deploy_ed25519"})
      .add(&SshSettings::config,
           {.name = "config",
            .help =
                "An SSH configuration instead of the user's and the system's; below the pipeline's folder "
                "unless it is absolute or begins with ~/.",
            .example = "ssh_config"})
      .add(&SshSettings::options,
           {.name = "options",
            .type = FieldType::list,
            .help = "More options of ssh; what deployctl sets itself cannot be changed by them.",
            .example = "[KexAlgorithms=curve25519-sha256]",
            .most = 50,
            .element = {{.name = "options",
                         .help = "One option of ssh_config, as Name=value.",
                         .example = "IPQoS=none",
                         .pattern = "[A-Za-z][A-Za-z0-9]*=[^\\n]+"}}})
      .add(&SshSettings::multiplexing,
           {.name = "multiplexing",
            .type = FieldType::boolean,
            .help = "Whether all commands of a host share one connection; false is for a server that refuses "
                    "that, and costs a login a command.",
            .example = "false",
            .fallback = Value(true)});
  return table;
}

} // namespace

const Table<SshSettings>& ssh_settings() {
  static const Table<SshSettings> table = make_table();
  return table;
}

} // namespace deployctl
