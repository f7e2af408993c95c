#include "engine/connections.hpp"

#include <algorithm>

#include "base/registry_settings.hpp"
#include "secrets/resolver.hpp"

namespace deployctl::engine {
namespace {

class NoConnection final : public Connection {};

std::string family_of(const std::string& action) {
  return action.substr(0, action.find('.'));
}

Value settings_of_all(const std::vector<config::ProviderInstance>& instances, std::string_view family) {
  Value::List all;
  for (const config::ProviderInstance& instance : instances)
    if (family_of(instance.name) == family) all.push_back(instance.settings);
  return all;
}

} // namespace

ResolveSecrets resolved_by(secrets::Resolver& resolver) {
  return
      [&resolver](const Value& value, const std::stop_token& stop) { return resolver.resolve(value, stop); };
}

struct Connections::Entry {
  std::mutex mutex; // guards the rest
  // Kept beside the connection, which may hold on to these ports.
  std::unique_ptr<GuardedPorts> ports;
  std::unique_ptr<Connection> connection;
};

Connections::Connections(Ports ports, std::vector<config::ProviderInstance> instances, ResolveSecrets resolve)
    : ports_(ports), instances_(std::move(instances)), resolve_(std::move(resolve)) {}

Connections::~Connections() = default;

Result<Connection*> Connections::get(const Provider& provider, const std::string& instance,
                                     std::stop_token stop) {
  Entry* entry = nullptr;
  {
    const std::lock_guard lock(mutex_);
    auto& slot = entries_[family_of(provider.description.name) + "\n" + instance];
    if (!slot) slot = std::make_unique<Entry>();
    entry = slot.get();
  }
  const std::lock_guard lock(entry->mutex);
  if (entry->connection) return entry->connection.get();
  return connect(*entry, provider, instance, std::move(stop)).map_error([&](Error error) {
    return std::move(error).in("while connecting to '" + instance + "'");
  });
}

Result<Connection*> Connections::connect(Entry& entry, const Provider& provider, const std::string& instance,
                                         std::stop_token stop) {
  if (!provider.connect) {
    entry.connection = std::make_unique<NoConnection>();
    return entry.connection.get();
  }
  Value settings = settings_of(instance);
  if (asks_registries(family_of(provider.description.name)))
    settings[told_registries] = settings_of_all(instances_, registry_provider);
  if (resolve_) {
    DEPLOYCTL_TRY(settings, resolve_(settings, stop));
  }
  auto ports = std::make_unique<GuardedPorts>(ports_, provider.description, SessionMode::read);
  DEPLOYCTL_TRY(auto connection, provider.connect({.name = instance, .settings = std::move(settings)},
                                                  ports->ports(), std::move(stop)));
  entry.ports = std::move(ports);
  entry.connection = std::move(connection);
  return entry.connection.get();
}

Value Connections::settings_of(const std::string& instance) const {
  const auto found = std::ranges::find(instances_, instance, &config::ProviderInstance::name);
  return found == instances_.end() ? Value(Value::Map()) : found->settings;
}

} // namespace deployctl::engine
