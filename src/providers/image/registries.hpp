// What the image actions share: the connection that keeps tokens and credentials of a run, clients over the
// ports of one session, and the operations of all of them.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"
#include "registry/client.hpp"

namespace deployctl::providers::image {

// A client over the ports of one session, which outlive it as the connection does.
class SessionClient {
public:
  // Throws std::logic_error when the connection is another provider's.
  SessionClient(Connection& connection, const Ports& ports);
  [[nodiscard]] registry::Client& operator*() { return client_; }
  [[nodiscard]] registry::Client* operator->() { return &client_; }

private:
  registry::ClientParts parts_;
  registry::Client client_;
};

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings);

std::vector<Operation> operations();

// Who one is to a registry, for tools that ask it themselves. Throws as SessionClient does.
Result<registry::Credential> credential_for(Connection& connection, const registry::Repository& repository,
                                            const std::stop_token& stop);

// Where layers may lie while they are packed: $TMPDIR, else a folder that is on a disk.
std::string scratch_folder(const Surroundings& surroundings);

// For `check`: a problem when `to` is no tag of a repository.
void check_target(std::vector<InputProblem>& problems, const Value& inputs);
// For `check`: a problem when the field is written and is no reference.
void check_reference(std::vector<InputProblem>& problems, const Value& inputs, const std::string& field);

} // namespace deployctl::providers::image
