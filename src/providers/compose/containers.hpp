// The containers and volumes of a project as the engine of a host tells them, and whether they are what a
// release wants. Pure: the lines come from another machine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/intent.hpp>
#include <deployctl/value.hpp>

#include "providers/compose/model.hpp"

namespace deployctl::providers::compose {

struct Container {
  std::string id;
  std::string name;
  std::string service;
  std::string image;       // as it was asked for
  std::string image_id;    // what it is
  std::string hash;        // Compose's own digest of the service that it was made of
  std::string folder;      // the project's folder when it was made
  bool is_one_off = false; // of `run`: no part of the service
  std::string status;      // created | running | paused | restarting | removing | exited | dead
  int exit_code = 0;
  bool out_of_memory = false;
  std::string health; // starting | healthy | unhealthy; empty: it has no check
  int restarts = 0;
  std::string started_at;
  std::vector<Mount> mounts; // source: the volume's name in the engine, or a path
};

struct Volume {
  std::string key; // in the file
  std::string name;
  std::string driver;
  std::map<std::string, std::string> options;
};

// One JSON object, as scripts.hpp asks the engine for it.
std::optional<Container> read_container(std::string_view line);
std::optional<Volume> read_volume(std::string_view line);

// What a release wants of a project.
struct Expected {
  struct Service {
    std::string image;
    int replicas = 1;
    bool ends = false; // by itself, with 0
  };
  std::map<std::string, Service> services;
  std::map<std::string, int> restarts; // of containers that ran before, by id: only later ones count
};
Value expected_value(const Expected& expected);
Expected expected_from(const Value& value);

// What somebody must look at first: the container that failed, if one did.
struct Judgement {
  Readiness::State state = Readiness::State::ready;
  std::string detail;
  std::string container; // id
  Cause cause = Cause::probe_failing;
};
// `image_ids`: what the wanted images are in this engine; one that is not there is not compared.
Judgement judge(const Expected& expected, const std::vector<Container>& containers,
                const std::map<std::string, std::string>& image_ids);

// Per service what is not as the live release left it; `hashes`: those that it noted then.
std::map<std::string, std::string> deviations(Expected expected, const std::vector<Container>& containers,
                                              const std::map<std::string, std::string>& hashes);

// Compose's digest by service, of those that run.
std::map<std::string, std::string> hashes_of(const std::vector<Container>& containers);

// Names of containers of the project whose service the model does not have.
std::vector<std::string> orphans(const std::vector<Container>& containers, const ProjectModel& model);

} // namespace deployctl::providers::compose
