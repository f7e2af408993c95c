// How one Vault or OpenBao is reached and logged in to: what the pipeline writes under `providers`, and the
// variables of its own command line. A value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/secret.hpp>

#include "cloud/identity.hpp"
#include "cloud/written.hpp"

namespace deployctl::vault {

enum class AuthMethod { token, approle, kubernetes, jwt, aws };

struct Settings {
  std::string address;        // without a slash at its end
  std::string namespace_path; // empty: none
  std::string ca_file;
  int kv_version = 2;
  std::vector<std::string> mounts;  // whose paths have slashes
  std::vector<std::string> dynamic; // mounts where every reading makes a credential
  AuthMethod auth = AuthMethod::token;
  std::string auth_mount; // below auth/
  std::string role;
  std::optional<Secret> token;
  std::string role_id;
  std::optional<Secret> secret_id;
  bool secret_id_wrapped = false;
  std::optional<Secret> jwt;
  cloud::Identity identity;
  std::string server_id; // X-Vault-AWS-IAM-Server-ID
};

// Cause::config: what the method needs and is not there. An own token may come from ~/.vault-token.
Result<Settings> read_settings(const cloud::Written& written, const cloud::Parts& parts);

} // namespace deployctl::vault
