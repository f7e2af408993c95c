// What the observe script of compose.project said, as values. Pure; its input comes from another machine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/change.hpp>

#include "providers/compose/guards.hpp"
#include "providers/compose/tool.hpp"

namespace deployctl::providers::compose {

struct Seen {
  std::optional<Tool> tool;
  std::string engine;    // its version
  std::string no_engine; // why it does not answer
  Standing standing;
  std::string up;      // "releases/NAME"
  std::string current; // "releases/NAME"
  std::string since;
  bool is_blocked = false; // `current` is no link
  Value revision;          // of the live release
  Value::Map now;          // {name: {sha256}} of its files
  bool is_env_changed = false;
  std::map<std::string, std::string> hashes; // by service, as they were noted
  std::vector<std::string> kept;             // names of releases, newest first
  std::string place;                         // where the project was rendered
  std::string model;                         // what Compose rendered
  std::vector<std::string> refused;          // what it said instead
};

Seen read_project(std::string_view answer);

// managed: release, up, and what the live release says of itself {services, volumes, env, files}, the files
// as they stand there; running {service: what is not as it left it}. facts: tool, engine, up, restarts {id:
// count}, project {files, profiles, expected} of the live release, kept, not_a_link.
Observation observation_of(const Seen& seen);

} // namespace deployctl::providers::compose
