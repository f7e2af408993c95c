#include "base/engine_settings.hpp"

namespace deployctl {
namespace {

Table<EngineSettings> make_table() {
  Table<EngineSettings> table;
  table.add(&EngineSettings::socket, {.name = "socket",
                                      .type = FieldType::path,
                                      .help = "The unix socket on which the engine of a host answers.",
                                      .example = "/run/user/1000/docker.sock",
                                      .fallback = "/var/run/docker.sock"});
  return table;
}

} // namespace

const Table<EngineSettings>& engine_settings() {
  static const Table<EngineSettings> table = make_table();
  return table;
}

} // namespace deployctl
