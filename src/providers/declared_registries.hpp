// The registries that a pipeline declares under `providers: registry.NAME`, for the actions on images and
// those that pull them: where files of certificates lie, and who to be there.
#pragma once

#include <map>
#include <string>

#include <deployctl/operation.hpp>
#include <deployctl/session.hpp>

#include "base/registry_settings.hpp"
#include "registry/credentials.hpp"

namespace deployctl::providers {

using DeclaredRegistries = std::map<std::string, RegistrySettings>; // by the host that names of images have

// From a connection's settings. Cause::config: one is declared twice.
Result<DeclaredRegistries> declared_registries(const Value& settings, Files& files);

// What the pipeline says about a host goes before what docker and podman know.
class DeclaredCredentials final : public registry::CredentialSource {
public:
  // `declared` outlives it.
  DeclaredCredentials(const DeclaredRegistries& declared, registry::CredentialParts parts)
      : declared_(declared), usual_(std::move(parts)) {}

  Result<registry::Credential> credential(const registry::Repository& repository,
                                          const std::stop_token& stop) override;

private:
  const DeclaredRegistries& declared_;
  registry::UsualCredentials usual_;
};

// Running the helper that Docker's configuration names.
Operation credential_helper_operation();

} // namespace deployctl::providers
