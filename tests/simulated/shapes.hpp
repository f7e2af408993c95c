// The parts from which catalog.cpp makes the simulated catalog. Not for tests: they include catalog.hpp.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <deployctl/provider.hpp>

#include "simulated/world.hpp"

namespace deployctl::simulated {

// What tells the five resources apart.
struct ResourceShape {
  std::string name;
  std::string summary;
  std::vector<StrategyKind> strategies;
  bool on_hosts = false;
  bool remote_id = false; // names an operation before its effect
  std::vector<Field> more_fields;
  CrashClass crash_class = CrashClass::declarative; // unless `crash` says otherwise
  std::function<std::vector<Stage>(const Value& wanted, const Strategy& strategy)> stages;
};

std::vector<Field> resource_fields(const ResourceShape& shape);
Provider make_resource(std::shared_ptr<World> world, ResourceShape shape);
Provider make_opaque(std::shared_ptr<World> world);
Provider make_artifact(std::shared_ptr<World> world);
Provider make_data(std::shared_ptr<World> world);
Provider make_gate(std::shared_ptr<World> world);
Provider make_notice(std::shared_ptr<World> world);

// The `crash` field and what it chooses.
Field crash_field();
CrashClass chosen_class(const Value& inputs, CrashClass otherwise);
std::function<CrashClass(const Value&)> crash_class_or(CrashClass otherwise);

std::string text_of(const Value& map, std::string_view key); // empty when it is not there
std::string name_of(const Ask& ask);                         // the input `name`
Field name_field(std::string help);
Call call_of(const std::string& action, const Intent& intent);

} // namespace deployctl::simulated
