#include "providers/docker/task_trace.hpp"

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "providers/docker/labels.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Container;
using deployctl::docker::Labels;

constexpr std::string_view announced_as = "container ";
constexpr std::string_view created_as = "created ";
constexpr std::size_t short_id = 12;

} // namespace

Trace trace_of(const std::vector<std::string>& remote_ids) {
  Trace trace;
  for (const std::string& id : remote_ids) {
    if (id.starts_with(announced_as)) trace = {.name = id.substr(announced_as.size())};
    trace.created |= id.starts_with(created_as);
  }
  return trace;
}

std::string new_name(const Intent& intent) {
  return fmt::format("deployctl-{}-{}-{}", intent.step, sha256_hex(intent.key).substr(0, short_id),
                     intent.attempt);
}

Labels own_labels(const std::string& stack, const Intent& intent) {
  return {
      {stack_label, stack}, {step_label, intent.step}, {target_label, intent.target}, {kind_label, "task"}};
}

Labels all_labels(const std::string& stack, const Intent& intent) {
  Labels labels = own_labels(stack, intent);
  labels.insert({{run_label, intent.run}, {release_label, intent.ask.release}, {key_label, intent.key}});
  return labels;
}

bool is_of(const Container& container, const Intent& intent) {
  return deployctl::docker::are_in(key_labels(intent), container.labels);
}

std::string announcement(const std::string& name) {
  return std::string(announced_as) + name;
}

std::string creation(const std::string& id) {
  return std::string(created_as) + id.substr(0, short_id);
}

Labels key_labels(const Intent& intent) {
  return {{key_label, intent.key}};
}

} // namespace deployctl::providers::docker
