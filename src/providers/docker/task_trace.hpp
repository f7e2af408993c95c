// How a task's container is known again: by what the journal has of it and by its labels. Pure.
#pragma once

#include <string>
#include <vector>

#include <deployctl/intent.hpp>

#include "docker/answers.hpp"

namespace deployctl::providers::docker {

// What an earlier process wrote down about the container.
struct Trace {
  std::string name;     // empty: nothing
  bool created = false; // the engine had made it
};

Trace trace_of(const std::vector<std::string>& remote_ids);
std::string announcement(const std::string& name); // as a remote id, before it is made
std::string creation(const std::string& id);       // and after

std::string new_name(const Intent& intent);
// Of all containers of this step on this host, and of this one.
deployctl::docker::Labels own_labels(const std::string& stack, const Intent& intent);
deployctl::docker::Labels all_labels(const std::string& stack, const Intent& intent);
deployctl::docker::Labels key_labels(const Intent& intent);
bool is_of(const deployctl::docker::Container& container, const Intent& intent);

} // namespace deployctl::providers::docker
