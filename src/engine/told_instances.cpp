#include "engine/told_instances.hpp"

#include <algorithm>
#include <string_view>

#include "base/engine_settings.hpp"

namespace deployctl::engine {

std::vector<config::ProviderInstance> told_instances(const config::Pipeline& pipeline) {
  std::vector<config::ProviderInstance> instances = pipeline.instances;
  const bool declared =
      std::ranges::find(instances, engine_family, &config::ProviderInstance::name) != instances.end();
  if (!declared) {
    config::ProviderInstance usual;
    usual.name = std::string(engine_family);
    instances.push_back(std::move(usual));
  }
  for (config::ProviderInstance& instance : instances)
    if (const std::string_view name = instance.name; name.substr(0, name.find('.')) == engine_family)
      instance.settings[told_stack] = pipeline.stack();
  return instances;
}

} // namespace deployctl::engine
