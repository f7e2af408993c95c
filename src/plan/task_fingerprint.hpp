// Whether a task is the one that succeeded before: equal fingerprints mean equal work on equal material.
// Pure.
#pragma once

#include <string>

#include <deployctl/value.hpp>

namespace deployctl::plan {

// What decides what a task does. Neither step id nor host addresses: a renamed step is the same task.
struct TaskMaterial {
  std::string action;
  std::string instance;
  Value inputs;             // with defaults, digests of files, and secrets with their versions
  std::string sources_hash; // of the tree its `sources` name; empty when the step has none
};

// SHA-256 in hex; empty when it cannot be known: an Unknown among the inputs, or a secret without a version.
std::string task_fingerprint(const TaskMaterial& material);

} // namespace deployctl::plan
