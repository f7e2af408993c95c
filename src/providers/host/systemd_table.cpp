#include "providers/host/systemd_unit.hpp"

namespace deployctl::providers::host {
namespace {

Field text(std::string name, std::string help, std::string example) {
  return {.name = std::move(name), .help = std::move(help), .example = std::move(example), .managed = false};
}

Field choice(std::string name, std::string help, std::string example, const char* fallback,
             std::vector<std::string> choices) {
  return {.name = std::move(name),
          .type = FieldType::choice,
          .help = std::move(help),
          .example = std::move(example),
          .fallback = Value(fallback),
          .managed = false,
          .choices = std::move(choices)};
}

Field texts(std::string name, std::string help, std::string example, Field element) {
  return {.name = std::move(name),
          .type = FieldType::list,
          .help = std::move(help),
          .example = std::move(example),
          .managed = false,
          .element = {std::move(element)}};
}

Field named_texts(std::string name, std::string help, std::string example, Field element) {
  Field field = texts(std::move(name), std::move(help), std::move(example), std::move(element));
  field.type = FieldType::map;
  return field;
}

void add_program(Table<Service>& table) {
  table
      .add(&Service::exec,
           {.name = "exec",
            .type = FieldType::argv,
            .help = "The program and its arguments, run in current; ./NAME is in the release.",
            .example = "[./bin/app, --port, \"8000\"]",
            .required = true,
            .managed = false,
            .secret = SecretUse::never})
      .add(&Service::description, text("description", "What people read about the unit.", "The web service"))
      .add(&Service::user, text("user", "The user it runs as; else that of systemd.", "app"))
      .add(&Service::group, text("group", "The group it runs as; else the user's.", "app"))
      .add(&Service::type,
           choice("type", "When systemd takes it for started; notify when the program says so itself.",
                  "notify", "exec", {"exec", "simple", "notify", "oneshot"}))
      .add(&Service::restart, choice("restart", "When systemd starts it again by itself.", "always",
                                     "on-failure", {"no", "on-failure", "always"}));
}

void add_conduct(Table<Service>& table) {
  table
      .add(&Service::reload_signal,
           {.name = "reload_signal",
            .type = FieldType::choice,
            .help = "The signal that makes the program read its files again; without it it cannot reload.",
            .example = "HUP",
            .managed = false,
            .choices = {"HUP", "USR1", "USR2"}})
      .add(&Service::stop_timeout, {.name = "stop_timeout",
                                    .type = FieldType::duration,
                                    .help = "How long it may take to stop before it is killed.",
                                    .example = "30s",
                                    .managed = false,
                                    .least = 1,
                                    .most = 86'400'000})
      .add(&Service::after,
           [] {
             Field after = texts("after", "The units that are started before it.", "[postgresql.service]",
                                 {.name = "after",
                                  .help = "The name of a unit.",
                                  .example = "network-online.target",
                                  .pattern = "[A-Za-z0-9@_.:-]+"});
             after.fallback = Value(Value::List{"network-online.target"});
             return after;
           }())
      .add(&Service::environment_files,
           texts("environment_files",
                 "Files on the host with variables, for what is secret; a '-' in front of one that may be "
                 "missing.",
                 "[/srv/web/shared/web.env]",
                 {.name = "environment_files", .help = "The path of one file.", .example = "/etc/web.env"}))
      .add(&Service::env,
           named_texts("env", "Environment variables of the program; never secrets.",
                       "{ APP_ENV: production }",
                       {.name = "env", .help = "The value of one variable.", .example = "production"}))
      .add(&Service::directives,
           named_texts("directives", "More directives of the unit, as SECTION.NAME, verbatim.",
                       "{ Service.MemoryMax: 1G }",
                       {.name = "directives", .help = "The value of one directive.", .example = "1G"}));
}

} // namespace

Table<Systemd> systemd_table() {
  Table<Service> service;
  add_program(service);
  add_conduct(service);
  return Table<Systemd>()
      .add(&Systemd::unit, {.name = "unit",
                            .help = "The service unit that runs the release.",
                            .example = "web.service",
                            .required = true,
                            .pattern = "[A-Za-z0-9@_.:-]+\\.service"})
      .add(&Systemd::action,
           {.name = "action",
            .type = FieldType::choice,
            .help = "What makes the unit use the new release; auto reloads where the unit can.",
            .example = "reload",
            .fallback = "restart",
            .choices = {"restart", "reload", "auto"}})
      .add(&Systemd::scope, choice("scope", "Whether the unit is the system's or of the login's own systemd.",
                                   "user", "system", {"system", "user"}))
      .add(&Systemd::sudo, {.name = "sudo",
                            .type = FieldType::boolean,
                            .help = "Whether systemd is told by sudo -n, which asks for no password.",
                            .example = "true",
                            .fallback = Value(false),
                            .managed = false})
      .object(&Systemd::service,
              {.name = "service",
               .help = "The unit's content, which deployctl then writes; else the unit must be there.",
               .example = "{ exec: [./bin/app] }",
               .managed = false},
              service);
}

} // namespace deployctl::providers::host
