// Who one is to a registry: the first of the usual places that knows, and where that was. The same files and
// helpers that docker and podman use; only the one helper that is needed is run. What is done with the answer
// is authorization.hpp.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/processes.hpp>
#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

#include "registry/auth_file.hpp"
#include "registry/reference.hpp"

namespace deployctl::registry {

struct Credential {
  std::string user;
  Secret password;
  Secret identity_token; // exchanged for access tokens
  Secret access_token;   // shown as it is
  std::string source;    // for people: "the helper 'pass' of /home/a/.docker/config.json"

  [[nodiscard]] bool anonymous() const {
    return !password.is_resolved() && !identity_token.is_resolved() && !access_token.is_resolved();
  }
};

class CredentialSource {
public:
  virtual ~CredentialSource() = default;
  // Anonymous when nobody knows any. Thread-safe.
  virtual Result<Credential> credential(const Repository& repository, const std::stop_token& stop) = 0;
};

using Environment = std::map<std::string, std::string>;

struct CredentialParts {
  Processes& processes;
  Environment environment;
  // At most `limit` bytes; not_found when it is not there.
  std::function<Result<std::string>(const std::string& path, std::size_t limit)> read_file;
  std::function<void(const Secret&)> learn; // tells the redactor before anyone else sees it
};

// DOCKER_AUTH_CONFIG (the text of a file), REGISTRY_AUTH_FILE, podman's auth.json of the session and of the
// user, Docker's config.json, the old .dockercfg. A file without an entry passes on to the next.
class UsualCredentials final : public CredentialSource {
public:
  explicit UsualCredentials(CredentialParts parts) : parts_(std::move(parts)) {}

  // A helper that fails is an error: going on without its answer would look like a missing image.
  Result<Credential> credential(const Repository& repository, const std::stop_token& stop) override;

private:
  struct Place {
    std::string name;
    AuthFile file;
  };

  Result<const std::vector<Place>*> places(); // under the lock
  Status read_place(const std::string& path, bool old_form);
  Result<std::optional<Credential>> from(const Place& place, const Repository& repository,
                                         const std::stop_token& stop);
  Result<std::optional<Credential>> from_helper(const std::string& helper, const Place& place,
                                                const std::string& host, const std::stop_token& stop);
  Credential known(const AuthEntry& entry, std::string source);
  Secret secret(const std::string& name, const std::string& bytes);
  [[nodiscard]] std::string variable(const std::string& name) const;

  CredentialParts parts_;
  std::mutex mutex_; // held while a helper runs: whoever comes meanwhile waits for the one answer
  std::optional<std::vector<Place>> places_;
  std::map<std::string, std::optional<Credential>> helped_; // by helper and host
};

} // namespace deployctl::registry
