#include "providers/docker/engines.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include <fmt/core.h>

#include "base/engine_settings.hpp"
#include "base/members.hpp"
#include "os/files.hpp"
#include "providers/declared_registries.hpp"
#include "providers/docker/engine_access.hpp"
#include "providers/docker/registry_login.hpp"
#include "registry/reference.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Endpoint;

class EngineConnection final : public Connection {
public:
  EngineConnection(EngineSettings settings, std::string stack, DeclaredRegistries hosts, const Ports& ports,
                   const Surroundings& surroundings)
      : stack_(std::move(stack)), settings_(std::move(settings)), host_way_(surroundings.host_way),
        declared_(std::move(hosts)), credentials_(declared_, {.processes = ports.processes,
                                                              .environment = surroundings.environment,
                                                              .read_file = os::read_file,
                                                              .learn = surroundings.learn}) {}

  [[nodiscard]] const std::string& stack() const { return stack_; }
  DeclaredCredentials& credentials() { return credentials_; }

  // A path of this machine behind which the listener of the host answers.
  Result<std::string> way(const Host& host, const Listener& listener, const std::stop_token& stop) const {
    if (host_way_) return host_way_(host, listener, stop);
    return fail(Cause::config, fmt::format("the engine of '{}' cannot be reached from here", host.name));
  }

  Result<Endpoint> endpoint(const Ports& ports, const Host& host, const std::stop_token& stop) {
    if (host.is_local()) return met(ports, host, {.socket = settings_.socket, .version = {}}, stop);
    // Each time: the connection to the host may be another one by now.
    DEPLOYCTL_TRY(std::string path, way(host, {.address = settings_.socket}, stop));
    return met(ports, host,
               {.socket = std::move(path),
                .version = {},
                .place = fmt::format("{} of '{}'", settings_.socket, host.name)},
               stop);
  }

private:
  // `where` with the versions of who answers there.
  Result<Endpoint> met(const Ports& ports, const Host& host, Endpoint where, const std::stop_token& stop) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = known_.find(host.name); known != known_.end()) {
        Endpoint endpoint = known->second;
        endpoint.socket = std::move(where.socket);
        return endpoint;
      }
    }
    auto answered = Engine::meet(ports.http, where.socket, stop, where.place);
    if (!answered)
      return fail(explain_silence(ports, host, settings_.socket, std::move(answered).error(), stop)
                      .in(fmt::format("while asking the engine of '{}' which version it has", host.name)));
    const std::lock_guard lock(mutex_);
    known_.insert_or_assign(host.name, *answered);
    return answered;
  }

  std::string stack_;
  EngineSettings settings_;
  HostWay host_way_;
  DeclaredRegistries declared_;
  DeclaredCredentials credentials_;
  std::mutex mutex_;                      // guards known_
  std::map<std::string, Endpoint> known_; // by host
};

EngineConnection& own(Connection& connection) {
  auto* found = dynamic_cast<EngineConnection*>(&connection);
  if (!found) throw std::logic_error("an action on containers was given the connection of another provider");
  return *found;
}

} // namespace

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings) {
  return [surroundings =
              std::move(surroundings)](const InstanceSettings& instance, Ports ports,
                                       const std::stop_token&) -> Result<std::unique_ptr<Connection>> {
    DEPLOYCTL_TRY(EngineSettings settings, engine_settings().decode(instance.settings));
    DEPLOYCTL_TRY(DeclaredRegistries declared, declared_registries(instance.settings, ports.files));
    std::string stack = text_at(instance.settings, told_stack);
    return std::make_unique<EngineConnection>(std::move(settings), std::move(stack), std::move(declared),
                                              ports, surroundings);
  };
}

Result<Engine> engine_of(Connection& connection, const Ports& ports, const Host& host,
                         const std::stop_token& stop) {
  DEPLOYCTL_TRY(Endpoint endpoint, own(connection).endpoint(ports, host, stop));
  return Engine(ports.http, std::move(endpoint));
}

Result<std::string> way_to_port(Connection& connection, const Host& host, const std::string& address,
                                int port, const std::stop_token& stop) {
  if (host.is_local()) return std::string();
  return own(connection).way(host, {.address = address, .port = port}, stop);
}

const std::string& stack_of(Connection& connection) {
  return own(connection).stack();
}

Result<Text> login_for(Connection& connection, const std::string& image, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const registry::Reference reference, registry::parse_reference(image));
  const registry::Repository& repository = reference.repository;
  DEPLOYCTL_TRY(const registry::Credential credential,
                own(connection).credentials().credential(repository, stop));
  return registry_login(credential,
                        repository.host == "docker.io" ? "https://index.docker.io/v1/" : repository.host);
}

} // namespace deployctl::providers::docker
