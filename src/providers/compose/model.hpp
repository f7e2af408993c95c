// A Compose project as `config` renders it (JSON of version 2, YAML of version 1), as far as a plan speaks of
// it: names of variables, never their values. Pure; the text comes from another machine's program. It does
// not read what people write: Compose itself has merged, filled in and checked that.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::providers::compose {

struct Mount {
  std::string kind;   // volume | bind | tmpfs
  std::string source; // the volume's key; empty: an anonymous one. A path; "./x" lies in the project's folder
  std::string target;
  friend bool operator==(const Mount&, const Mount&) = default;
};

struct ServiceModel {
  std::string image;
  bool is_built = false;                // has a `build`
  std::vector<std::string> environment; // names, sorted
  std::vector<std::string> ports;       // "8080:80/tcp"
  std::vector<Mount> mounts;
  int replicas = 1;
  bool is_checked = false; // has a check of its own here; its image may have one too
  std::string definition;  // digest of all of it but the image
  friend bool operator==(const ServiceModel&, const ServiceModel&) = default;
};

struct VolumeModel {
  std::string name; // in the engine
  std::string driver = "local";
  std::map<std::string, std::string> options;
  bool is_external = false;
  friend bool operator==(const VolumeModel&, const VolumeModel&) = default;
};

struct ProjectModel {
  std::map<std::string, ServiceModel> services;
  std::map<std::string, VolumeModel> volumes; // by key
  friend bool operator==(const ProjectModel&, const ProjectModel&) = default;
};

// How it was rendered: what is only true of that rendering is taken out.
struct Rendering {
  std::string project;
  std::string place; // the folder, which becomes "."; the one above becomes ".."
  std::vector<std::string> profiles;
};

Result<ProjectModel> read_model(std::string_view text, const Rendering& how);

// As a plan carries it from observe to plan; model_from gives back what model_value was given.
Value model_value(const ProjectModel& model);
ProjectModel model_from(const Value& value);

} // namespace deployctl::providers::compose
