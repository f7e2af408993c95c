#include "providers/docker/engines.hpp"

#include <map>
#include <mutex>
#include <stdexcept>

#include <fmt/core.h>

#include "base/engine_settings.hpp"
#include "base/members.hpp"
#include "os/files.hpp"
#include "providers/declared_registries.hpp"
#include "providers/docker/registry_login.hpp"
#include "registry/reference.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Endpoint;

class EngineConnection final : public Connection {
public:
  EngineConnection(EngineSettings settings, std::string stack, DeclaredRegistries hosts, const Ports& ports,
                   const Surroundings& surroundings)
      : stack_(std::move(stack)), settings_(std::move(settings)), declared_(std::move(hosts)),
        credentials_(declared_, {.processes = ports.processes,
                                 .environment = surroundings.environment,
                                 .read_file = os::read_file,
                                 .learn = surroundings.learn}) {}

  [[nodiscard]] const std::string& stack() const { return stack_; }
  DeclaredCredentials& credentials() { return credentials_; }

  // A path of this machine behind which the host's engine answers.
  Result<std::string> socket(const Host& host) {
    if (host.is_local()) return settings_.socket;
    return fail(out_of_reach(host));
  }

  Result<Endpoint> endpoint(Http& http, const Host& host, const std::stop_token& stop) {
    DEPLOYCTL_TRY(const std::string path, socket(host));
    {
      const std::lock_guard lock(mutex_);
      if (const auto known = versions_.find(host.name); known != versions_.end())
        return Endpoint{.socket = path, .version = known->second};
    }
    DEPLOYCTL_TRY(Endpoint met, Engine::meet(http, path, stop));
    const std::lock_guard lock(mutex_);
    versions_.insert_or_assign(host.name, met.version);
    return met;
  }

private:
  std::string stack_;
  EngineSettings settings_;
  DeclaredRegistries declared_;
  DeclaredCredentials credentials_;
  std::mutex mutex_;                            // guards versions_
  std::map<std::string, std::string> versions_; // by host
};

EngineConnection& own(Connection& connection) {
  auto* found = dynamic_cast<EngineConnection*>(&connection);
  if (!found) throw std::logic_error("an action on containers was given the connection of another provider");
  return *found;
}

} // namespace

Error out_of_reach(const Host& host) {
  return {.cause = Cause::config,
          .message = fmt::format("the engine of '{}' cannot be reached from here", host.name),
          .help =
              "in this version actions on containers work on this machine: a host with the address 'local'"};
}

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
  DEPLOYCTL_TRY(Endpoint endpoint, own(connection).endpoint(ports.http, host, stop));
  return Engine(ports.http, std::move(endpoint));
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
