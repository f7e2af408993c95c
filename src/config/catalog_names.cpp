#include "config/catalog_names.hpp"

#include <algorithm>
#include <array>

namespace deployctl::config {

namespace {

using enum Kind;

constexpr auto actions = std::to_array<LaterAction>({
    {"aws.ecs_service", resource},
    {"aws.ecs_task", task},
    {"aws.lambda", resource},
    {"azure.container_app", resource},
    {"cloudwatch.gate", gate},
    {"compose.project", resource},
    {"docker.service", resource},
    {"docker.task", task},
    {"file.put", resource},
    {"gcp.cloud_run", resource},
    {"helm.release", resource},
    {"host.run", task},
    {"host.service", resource},
    {"image.build", artifact},
    {"image.copy", artifact},
    {"kube.apply", resource},
    {"kube.job", task},
    {"kube.rollout", resource},
    {"prometheus.gate", gate},
    {"terraform.apply", resource},
});

constexpr auto providers = std::to_array<std::string_view>({
    "cloudwatch",
    "docker",
    "helm",
    "image",
    "prometheus",
    "slack",
    "terraform",
});

} // namespace

std::span<const LaterAction> later_actions() {
  return actions;
}

const LaterAction* find_later_action(std::string_view name) {
  const auto* const found =
      std::find_if(actions.begin(), actions.end(), [&](const auto& a) { return a.name == name; });
  return found == actions.end() ? nullptr : found;
}

std::span<const std::string_view> later_providers() {
  return providers;
}

std::string_view provider_of(std::string_view action) {
  return action.substr(0, action.find('.'));
}

} // namespace deployctl::config
