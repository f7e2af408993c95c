// What the steps of an environment have to be allowed, made from the permissions in the descriptions of their
// actions. A permission reads "[ssh: |here: |registry: ]words with `input`": where it is needed (without a
// word where the step acts; `ssh` not on this machine), and inputs that stand for what is written there. One
// that speaks about an input that is not written is not needed. Pure.
#pragma once

#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "config/pipeline.hpp"

namespace deployctl::config {

struct Need {
  enum class Place { here, host, registry };

  Place place = Place::here;
  std::string host; // of Place::host, with its user: "deploy@app-1.example.com"
  std::string what; // "write into /srv/web"; of a registry "pull,push registry.example.com/api:v1"
  std::string step;
};

// In the order of steps, then of hosts, then of the description; gates are those of their step.
std::vector<Need> needs_of(const Pipeline& pipeline, const Catalog& catalog);

} // namespace deployctl::config
