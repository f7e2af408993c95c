// A workbench for an action on containers, connected to an engine in memory.
#pragma once

#include <string>

#include "base/engine_settings.hpp"
#include "docker/strict_engine.hpp"
#include "providers/builtin.hpp"
#include "providers/workbench.hpp"

namespace deployctl::tests {

struct EngineHolder {
  StrictEngine engine;
};

class ContainerBench : private EngineHolder, public Workbench {
public:
  explicit ContainerBench(const std::string& action, const providers::Surroundings& surroundings = {})
      : Workbench(connected(action, surroundings, EngineHolder::engine.socket())) {}

  StrictEngine& server() { return EngineHolder::engine; }

private:
  static Provider connected(const std::string& action, const providers::Surroundings& surroundings,
                            const std::string& socket) {
    Provider provider = *find_provider(providers::builtin_catalog(surroundings), action);
    provider.connect = [connect = provider.connect, socket](const InstanceSettings& instance, Ports ports,
                                                            std::stop_token stop) {
      const Value settings = Value::Map{{"socket", socket}, {std::string(told_stack), "shop/production"}};
      return connect({.name = instance.name, .settings = settings}, ports, std::move(stop));
    };
    return provider;
  }
};

} // namespace deployctl::tests
