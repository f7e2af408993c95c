// Everything config may know about the world, gathered beforehand by `cli`: so loading a pipeline is pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl::config {

struct GitFacts {
  std::string sha; // 40 hex
  std::string short_sha;
  std::string branch;            // empty when detached and CI does not say
  std::string tag;               // highest semantic version tag at HEAD, else any tag at HEAD, else empty
  std::vector<std::string> tags; // all at HEAD
  std::string describe;          // git describe --tags --always, with "-dirty.<hash>" when dirty
  bool dirty = false;
  bool shallow = false;
};

struct Facts {
  std::map<std::string, std::string, std::less<>> environment; // variables of the process
  std::optional<GitFacts> git;                                 // none outside a repository
  std::map<std::string, std::string> set;                      // --set k=v
  std::optional<std::string> version;                          // --version
  std::string run_id;
  std::optional<std::string> live_version;                // of the live release, when there is one
  std::map<std::string, Value, std::less<>> live_outputs; // step id -> outputs the live release recorded
};

} // namespace deployctl::config
