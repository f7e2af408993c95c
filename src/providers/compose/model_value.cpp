#include "base/members.hpp"
#include "providers/compose/model.hpp"

namespace deployctl::providers::compose {
namespace {

const Value not_there;

const Value& entry_of(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : not_there;
}

Value words(const std::vector<std::string>& all) {
  return Value::List(all.begin(), all.end());
}

Value mounts_value(const std::vector<Mount>& mounts) {
  Value::List all;
  for (const Mount& mount : mounts)
    all.push_back(Value::Map{{"kind", mount.kind}, {"source", mount.source}, {"target", mount.target}});
  return all;
}

ServiceModel service_from(const Value& value) {
  ServiceModel service{.image = text_at(value, "image"),
                       .is_built = flag_at(value, "is_built"),
                       .environment = texts_at(value, "environment"),
                       .ports = texts_at(value, "ports"),
                       .replicas = static_cast<int>(number_at(value, "replicas").value_or(1)),
                       .is_checked = flag_at(value, "is_checked"),
                       .definition = text_at(value, "definition")};
  for (const Value& mount : list_at(value, "mounts"))
    service.mounts.push_back({.kind = text_at(mount, "kind"),
                              .source = text_at(mount, "source"),
                              .target = text_at(mount, "target")});
  return service;
}

} // namespace

Value model_value(const ProjectModel& model) {
  Value::Map services, volumes;
  for (const auto& [name, service] : model.services)
    services.emplace(name, Value::Map{{"image", service.image},
                                      {"is_built", service.is_built},
                                      {"environment", words(service.environment)},
                                      {"ports", words(service.ports)},
                                      {"mounts", mounts_value(service.mounts)},
                                      {"replicas", service.replicas},
                                      {"is_checked", service.is_checked},
                                      {"definition", service.definition}});
  for (const auto& [key, volume] : model.volumes)
    volumes.emplace(key, Value::Map{{"name", volume.name},
                                    {"driver", volume.driver},
                                    {"options", Value::Map(volume.options.begin(), volume.options.end())},
                                    {"is_external", volume.is_external}});
  return Value::Map{{"services", std::move(services)}, {"volumes", std::move(volumes)}};
}

ProjectModel model_from(const Value& value) {
  ProjectModel model;
  if (const Value& services = entry_of(value, "services"); services.map())
    for (const auto& [name, service] : *services.map()) model.services.emplace(name, service_from(service));
  if (const Value& volumes = entry_of(value, "volumes"); volumes.map())
    for (const auto& [key, volume] : *volumes.map())
      model.volumes.emplace(key, VolumeModel{.name = text_at(volume, "name"),
                                             .driver = text_at(volume, "driver"),
                                             .options = text_map_at(volume, "options"),
                                             .is_external = flag_at(volume, "is_external")});
  return model;
}

} // namespace deployctl::providers::compose
