#include "providers/command.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/proxy_inputs.hpp"
#include "providers/docker/service_inputs.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

Field duration(std::string name, std::string help, std::string example, const char* fallback,
               std::int64_t most) {
  return {.name = std::move(name),
          .type = FieldType::duration,
          .help = std::move(help),
          .example = std::move(example),
          .fallback = Value(fallback),
          .managed = false,
          .least = 1,
          .most = most};
}

Table<ServiceHealth> health_table() {
  Table<ServiceHealth> table;
  table
      .add(&ServiceHealth::http, {.name = "http",
                                  .help = "Port and path in the container, or the path at its 'port', asked "
                                          "from its host; or a URL, asked "
                                          "from where deployctl runs, and from the host when it is one of "
                                          "its own addresses (127.0.0.1).",
                                  .example = ":8000/healthz"})
      .add(&ServiceHealth::command,
           {.name = "command",
            .type = FieldType::argv,
            .help = "A program in the container that ends with 0 when all is well; the engine runs it, and "
                    "goes on doing so.",
            .example = "[pg_isready, -U, app]"});
  add_answer(table);
  table
      .add(&ServiceHealth::within,
           duration("within", "How long the container may take to become healthy.", "90s", "60s", 86'400'000))
      .add(&ServiceHealth::interval,
           duration("interval", "The time between two looks.", "2s", "1s", 3'600'000))
      .add(&ServiceHealth::consecutive, {.name = "consecutive",
                                         .type = FieldType::integer,
                                         .help = "How many looks in a row must find it healthy.",
                                         .example = "5",
                                         .fallback = 3,
                                         .managed = false,
                                         .least = 1,
                                         .most = 1000})
      .add(&ServiceHealth::timeout, duration("timeout", "How long one look may take.", "2s", "5s", 600'000));
  return table;
}

Field ports_field() {
  return {.name = "ports",
          .type = FieldType::list,
          .help =
              "Ports of the host that lead into the container; only one container at a time can hold them.",
          .example = "[\"80:8000\"]",
          .element = {{.name = "ports",
                       .help = "HOST:CONTAINER, with an address before it to listen there only.",
                       .example = "127.0.0.1:8080:8000",
                       .pattern = "([0-9.]+:)?[0-9]{1,5}:[0-9]{1,5}(/tcp|/udp)?"}}};
}

void add_container(Table<ServiceInputs>& table) {
  CommandFields shared = command_fields("in the container");
  shared.command.help = "The program and its arguments; without it what the image says.";
  shared.env.help = "Environment variables of the container; who may use the engine can read them.";
  shared.directory.help = "The directory in which the program runs, in the container.";
  shared.directory.example = "/app";
  table.add(&ServiceInputs::image, image_field())
      .add(&ServiceInputs::archive, archive_field())
      .add(&ServiceInputs::command, std::move(shared.command))
      .add(&ServiceInputs::env, std::move(shared.env))
      .add(&ServiceInputs::volumes, volumes_field())
      .add(&ServiceInputs::persistent,
           {.name = "persistent",
            .type = FieldType::list,
            .help = "Directories in the container whose content must outlive it: each must lie on a volume.",
            .example = "[/app/data]",
            .managed = false,
            .element = {{.name = "persistent",
                         .type = FieldType::path,
                         .help = "A directory in the container.",
                         .example = "/app/data",
                         .pattern = "/.*"}}})
      .add(&ServiceInputs::network, network_field())
      .add(&ServiceInputs::ports, ports_field())
      .add(&ServiceInputs::port, port_field())
      .add(&ServiceInputs::user, user_field())
      .add(&ServiceInputs::directory, std::move(shared.directory))
      .add(&ServiceInputs::memory, memory_field())
      .object(&ServiceInputs::health,
              {.name = "health",
               .help =
                   "What the container must answer before it takes over; without it the image's own check, "
                   "or that it keeps running."},
              health_table());
}

void add_replacement(Table<ServiceInputs>& table) {
  table
      .add(&ServiceInputs::restart,
           {.name = "restart",
            .type = FieldType::choice,
            .help = "When the engine starts it again by itself, from the moment it took over.",
            .example = "always",
            .fallback = "unless-stopped",
            .choices = {"unless-stopped", "always", "on-failure"}})
      .add(&ServiceInputs::order,
           {.name = "order",
            .type = FieldType::choice,
            .help = "Whether the new container starts beside the old one or after its end; without it beside "
                    "it wherever both can run.",
            .example = "stop_first",
            .managed = false,
            .choices = {"start_first", "stop_first"}})
      .add(&ServiceInputs::keep,
           {.name = "keep",
            .type = FieldType::integer,
            .help = "How many containers of earlier releases stay, stopped, to go back to without a pull.",
            .example = "2",
            .fallback = 3,
            .managed = false,
            .least = 1,
            .most = 100})
      .add(&ServiceInputs::grace,
           duration("grace",
                    "How long the old container may take to end what it is doing, before it is killed.",
                    "30s", "10s", 3'600'000));
}

Table<ServiceInputs> make_table() {
  Table<ServiceInputs> table;
  table.add(&ServiceInputs::hosts, hosts_field())
      .add(&ServiceInputs::name, {.name = "name",
                                  .help = "The service's name on the host; without it the step's.",
                                  .example = "kodex-api",
                                  .identity = true,
                                  .pattern = "[A-Za-z0-9][A-Za-z0-9_.-]{0,62}"});
  add_container(table);
  table.object(
      &ServiceInputs::proxy,
      {.name = "proxy",
       .help = "The proxy on the host that leads requests to the container, one of those that follow; it "
               "switches before the old container ends.",
       .managed = false},
      proxy_table());
  add_replacement(table);
  return table;
}

} // namespace

const Table<ServiceInputs>& service_table() {
  static const Table<ServiceInputs> table = make_table();
  return table;
}

} // namespace deployctl::providers::docker
