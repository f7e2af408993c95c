#include "providers/image/registries.hpp"

#include <stdexcept>

#include "base/variables.hpp"
#include "os/files.hpp"
#include "os/pause.hpp"
#include "providers/declared_registries.hpp"

namespace deployctl::providers::image {
namespace {

class RegistryConnection final : public Connection {
public:
  RegistryConnection(DeclaredRegistries hosts, Ports ports, const Surroundings& surroundings)
      : learn(surroundings.learn), declared(std::move(hosts)),
        credentials(declared, {.processes = ports.processes,
                               .environment = surroundings.environment,
                               .read_file = os::read_file,
                               .learn = surroundings.learn}) {}

  [[nodiscard]] registry::HostSettings settings(const std::string& host) const {
    const auto found = declared.find(host);
    if (found == declared.end()) return {};
    return {.plain_http = found->second.plain_http, .ca_file = found->second.ca};
  }

  std::function<void(const Secret&)> learn;
  DeclaredRegistries declared;
  DeclaredCredentials credentials;
  registry::RegistryMemory memory;
};

RegistryConnection& own_of(Connection& connection) {
  auto* own = dynamic_cast<RegistryConnection*>(&connection);
  if (!own) throw std::logic_error("an image action was given the connection of another provider");
  return *own;
}

registry::ClientParts parts_of(Connection& connection, const Ports& ports) {
  RegistryConnection* own = &own_of(connection);
  return {.http = ports.http,
          .clock = ports.clock,
          .random = ports.random,
          .wait = os::pause,
          .credentials = own->credentials,
          .memory = own->memory,
          .settings = [own](const std::string& host) { return own->settings(host); },
          .learn = own->learn};
}

} // namespace

SessionClient::SessionClient(Connection& connection, const Ports& ports)
    : parts_(parts_of(connection, ports)), client_(parts_) {}

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings) {
  return [surroundings =
              std::move(surroundings)](const InstanceSettings& instance, Ports ports,
                                       const std::stop_token&) -> Result<std::unique_ptr<Connection>> {
    DEPLOYCTL_TRY(DeclaredRegistries declared, declared_registries(instance.settings, ports.files));
    return std::make_unique<RegistryConnection>(std::move(declared), ports, surroundings);
  };
}

Result<registry::Credential> credential_for(Connection& connection, const registry::Repository& repository,
                                            const std::stop_token& stop) {
  return own_of(connection).credentials.credential(repository, stop);
}

std::vector<Operation> operations() {
  std::vector<Operation> all = registry::client_operations();
  all.push_back(credential_helper_operation());
  return all;
}

std::string scratch_folder(const Surroundings& surroundings) {
  const std::string* wished = find_variable(surroundings.environment, "TMPDIR");
  return wished ? *wished : "/var/tmp";
}

// A target has a tag, and no digest: that is the image's own.
void check_target(std::vector<InputProblem>& problems, const Value& inputs) {
  const std::size_t before = problems.size();
  check_reference(problems, inputs, "to");
  const Value* to = inputs.find("to");
  if (problems.size() > before || !to || !to->text()) return;
  if (const auto target = registry::parse_reference(*to->text()); !target->digest.empty())
    problems.push_back({.path = "to",
                        .message = "an image is put under a tag, not under a digest",
                        .help = "leave out what begins with '@'"});
}

void check_reference(std::vector<InputProblem>& problems, const Value& inputs, const std::string& field) {
  const Value* value = inputs.find(field);
  if (!value || !value->text()) return;
  if (const auto read = registry::parse_reference(*value->text()); !read)
    problems.push_back({.path = field, .message = read.error().message, .help = read.error().help});
}

} // namespace deployctl::providers::image
