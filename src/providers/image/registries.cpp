#include "providers/image/registries.hpp"

#include <stdexcept>

#include "os/files.hpp"
#include "os/pause.hpp"

namespace deployctl::providers::image {
namespace {

class RegistryConnection final : public Connection {
public:
  RegistryConnection(Ports ports, const Surroundings& surroundings)
      : learn(surroundings.learn), credentials({.processes = ports.processes,
                                                .environment = surroundings.environment,
                                                .read_file = os::read_file,
                                                .learn = surroundings.learn}) {}

  std::function<void(const Secret&)> learn;
  registry::UsualCredentials credentials;
  registry::RegistryMemory memory;
};

registry::ClientParts parts_of(Connection& connection, const Ports& ports) {
  auto* own = dynamic_cast<RegistryConnection*>(&connection);
  if (!own) throw std::logic_error("an image action was given the connection of another provider");
  return {.http = ports.http,
          .clock = ports.clock,
          .random = ports.random,
          .wait = os::pause,
          .credentials = own->credentials,
          .memory = own->memory,
          .settings = {},
          .learn = own->learn};
}

} // namespace

SessionClient::SessionClient(Connection& connection, const Ports& ports)
    : parts_(parts_of(connection, ports)), client_(parts_) {}

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings) {
  return [surroundings =
              std::move(surroundings)](const InstanceSettings&, Ports ports,
                                       const std::stop_token&) -> Result<std::unique_ptr<Connection>> {
    return std::make_unique<RegistryConnection>(ports, surroundings);
  };
}

std::vector<Operation> operations() {
  std::vector<Operation> all = registry::client_operations();
  all.push_back({.name = "credential_helper",
                 .effect = Effect::auth,
                 .protocol = Protocol::process,
                 .help = "Asks the credential helper that Docker's configuration names.",
                 .path = "docker-credential-[A-Za-z0-9._-]+\\nget"});
  return all;
}

void check_reference(std::vector<InputProblem>& problems, const Value& inputs, const std::string& field) {
  const Value* value = inputs.find(field);
  if (!value || !value->text()) return;
  if (const auto read = registry::parse_reference(*value->text()); !read)
    problems.push_back({.path = field, .message = read.error().message, .help = read.error().help});
}

} // namespace deployctl::providers::image
