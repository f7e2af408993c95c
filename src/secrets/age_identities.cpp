#include "secrets/age_identities.hpp"

#include <array>
#include <iterator>
#include <optional>

#include <fmt/core.h>

#include "base/variables.hpp"
#include "base/wiped.hpp"
#include "secrets/local_files.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::array<std::string_view, 2> usual_ssh_keys = {"~/.ssh/id_ed25519", "~/.ssh/id_rsa"};

Status add(std::string text, AgeIdentities& identities) {
  const Wiped keys(std::move(text));
  if (formats::is_ssh_private_key(*keys)) {
    DEPLOYCTL_TRY(formats::AgeIdentity key, formats::parse_ssh_identity(*keys));
    identities.list.push_back(std::move(key));
    return {};
  }
  DEPLOYCTL_TRY(auto found, formats::parse_age_identities(*keys));
  std::move(found.begin(), found.end(), std::back_inserter(identities.list));
  return {};
}

Status add_file(const std::string& path, const Sources& sources, AgeIdentities& identities) {
  DEPLOYCTL_TRY(std::string text, read_local(path, sources));
  return add(std::move(text), identities);
}

Status named(Status status, std::string_view place) {
  if (status) return status;
  status.error().message = fmt::format("the identities in {}: {}", place, status.error().message);
  return status;
}

Status add_named_file(const Sources& sources, std::string_view name, AgeIdentities& identities) {
  const std::string* path = find_variable(sources.environment, name);
  if (!path) return {};
  return named(add_file(*path, sources, identities), fmt::format("'{}' ({})", *path, name));
}

// Run as exec:// runs one: no shell, with the usual variables only.
Status add_from_command(const Sources& sources, const std::stop_token& stop, AgeIdentities& identities) {
  constexpr std::string_view name = "SOPS_AGE_KEY_CMD";
  const std::string* command = find_variable(sources.environment, name);
  if (!command) return {};
  const auto reference = parse_secret_reference("exec://" + *command);
  if (!reference) return named(fail(reference.error()), name);
  auto keys = read_value(*reference, sources, stop);
  if (!keys) return named(fail(std::move(keys).error()), name);
  return named(add(*std::move(keys), identities), name);
}

// A file that may be missing.
Status add_usual_file(const std::string& path, const Sources& sources, AgeIdentities& identities) {
  Status added = add_file(path, sources, identities);
  if (!added && added.error().cause == Cause::not_found) return {};
  return named(std::move(added), fmt::format("'{}'", path));
}

// Keys that serve another purpose too: one that cannot be used is told, and no error.
void add_usual_ssh_keys(const Sources& sources, AgeIdentities& identities) {
  for (const std::string_view path : usual_ssh_keys) {
    const Status added = add_usual_file(std::string(path), sources, identities);
    if (!added) identities.passed_over.push_back(added.error().message);
  }
}

Result<std::shared_ptr<const AgeIdentities>> look_everywhere(const Sources& sources,
                                                             const std::stop_token& stop) {
  AgeIdentities identities;
  if (const std::string* keys = find_variable(sources.environment, "SOPS_AGE_KEY")) {
    DEPLOYCTL_CHECK(named(add(*keys, identities), "SOPS_AGE_KEY"));
  }
  DEPLOYCTL_CHECK(add_named_file(sources, "SOPS_AGE_KEY_FILE", identities));
  DEPLOYCTL_CHECK(add_from_command(sources, stop, identities));
  DEPLOYCTL_CHECK(add_named_file(sources, "SOPS_AGE_SSH_PRIVATE_KEY_FILE", identities));
  const bool home = find_variable(sources.environment, "HOME") != nullptr;
  const std::string* configuration = find_variable(sources.environment, "XDG_CONFIG_HOME");
  if (configuration || home) {
    const std::string path = (configuration ? *configuration : "~/.config") + "/sops/age/keys.txt";
    DEPLOYCTL_CHECK(add_usual_file(path, sources, identities));
  }
  if (home && !find_variable(sources.environment, "SOPS_AGE_SSH_PRIVATE_KEY_FILE"))
    add_usual_ssh_keys(sources, identities);
  return std::make_shared<const AgeIdentities>(std::move(identities));
}

} // namespace

Result<std::shared_ptr<const AgeIdentities>> age_identities(const Sources& sources,
                                                            const std::stop_token& stop) {
  return sources.identities ? sources.identities->get(sources, stop) : look_everywhere(sources, stop);
}

Result<std::shared_ptr<const AgeIdentities>> AgeIdentityCache::get(const Sources& sources,
                                                                   const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (!found_) {
    DEPLOYCTL_TRY(found_, look_everywhere(sources, stop));
  }
  return found_;
}

} // namespace deployctl::secrets
