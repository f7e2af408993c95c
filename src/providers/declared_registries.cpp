#include "providers/declared_registries.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "registry/reference.hpp"

namespace deployctl::providers {

Result<DeclaredRegistries> declared_registries(const Value& settings, Files& files) {
  DeclaredRegistries declared;
  for (const Value& written : list_at(settings, told_registries)) {
    DEPLOYCTL_TRY(RegistrySettings one, registry_settings().decode(written));
    DEPLOYCTL_TRY(const std::string host, registry::parse_host(one.host));
    if (!one.ca.empty() && !one.ca.starts_with('/')) {
      DEPLOYCTL_TRY(one.ca, files.find(one.ca, ""));
    }
    if (!declared.emplace(host, std::move(one)).second)
      return fail(Cause::config, fmt::format("the registry '{}' is declared twice", host),
                  "leave one entry of 'registry' under 'providers' for each host");
  }
  return declared;
}

Result<registry::Credential> DeclaredCredentials::credential(const registry::Repository& repository,
                                                             const std::stop_token& stop) {
  const auto found = declared_.find(repository.host);
  const Secret* password =
      found != declared_.end() && found->second.password ? found->second.password->secret() : nullptr;
  if (!password) return usual_.credential(repository, stop);
  return registry::Credential{
      .user = found->second.user, .password = *password, .source = "'registry' of the pipeline's providers"};
}

Operation credential_helper_operation() {
  return {.name = "credential_helper",
          .effect = Effect::auth,
          .protocol = Protocol::process,
          .help = "Asks the credential helper that Docker's configuration names.",
          .path = "docker-credential-[A-Za-z0-9._-]+\\nget"};
}

} // namespace deployctl::providers
