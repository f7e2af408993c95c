#include "cloud/vault/settings.hpp"

#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "net/url.hpp"

namespace deployctl::vault {
namespace {

constexpr std::size_t longest_token = 64U << 10;
constexpr std::string_view service_account_token = "/var/run/secrets/kubernetes.io/serviceaccount/token";

struct MethodName {
  std::string_view name; // also the mount that it usually has
  AuthMethod method;
};
constexpr std::array<MethodName, 5> methods = {{{"token", AuthMethod::token},
                                                {"approle", AuthMethod::approle},
                                                {"kubernetes", AuthMethod::kubernetes},
                                                {"jwt", AuthMethod::jwt},
                                                {"aws", AuthMethod::aws}}};

Result<std::string> address_of(const cloud::Written& written) {
  std::string address = written.text("address", {"VAULT_ADDR", "BAO_ADDR"});
  if (address.empty())
    return fail(Cause::config, "no address of Vault is set",
                "write providers: { vault.NAME: { address: https://… } }, or set VAULT_ADDR");
  DEPLOYCTL_TRY(const net::Url url, net::parse_url(address));
  address = url.text();
  while (address.ends_with('/')) address.pop_back();
  return address;
}

// What `vault login` left.
Result<std::optional<Secret>> kept_token(const cloud::Parts& parts) {
  const std::string* home = parts.variable("HOME");
  if (!home) return std::nullopt;
  const auto text = parts.read_file(*home + "/.vault-token", longest_token);
  if (!text && text.error().cause != Cause::not_found) return fail(text.error());
  if (!text || trim(*text).empty()) return std::nullopt;
  Secret token = Secret::reference("vault.token").resolved_with(trim(*text));
  parts.learn(token);
  return token;
}

tl::unexpected<Error> lacks(std::string_view method, std::string_view key) {
  return fail(Cause::config, fmt::format("the auth method '{}' of Vault needs '{}'", method, key),
              fmt::format("write it beside `auth: {}` under `providers`", method));
}

Status check(const Settings& settings) {
  switch (settings.auth) {
  case AuthMethod::token:
    if (!settings.token)
      return fail(Cause::auth, "there is no token for Vault",
                  "set VAULT_TOKEN, run `vault login`, or choose another method with `auth`");
    return {};
  case AuthMethod::approle:
    return settings.role_id.empty() ? Status(lacks("approle", "role_id")) : Status();
  case AuthMethod::kubernetes:
    return settings.role.empty() ? Status(lacks("kubernetes", "role")) : Status();
  case AuthMethod::jwt:
    if (settings.jwt || !settings.identity.file.empty() || !settings.identity.from.empty()) return {};
    return lacks("jwt", "jwt', 'jwt_file' or 'identity");
  case AuthMethod::aws:
    return {};
  }
  return {};
}

} // namespace

Result<Settings> read_settings(const cloud::Written& written, const cloud::Parts& parts) {
  Settings settings;
  DEPLOYCTL_TRY(settings.address, address_of(written));
  settings.namespace_path = written.text("namespace", {"VAULT_NAMESPACE", "BAO_NAMESPACE"});
  settings.ca_file = written.text("ca_file", {"VAULT_CACERT", "BAO_CACERT"});
  if (written.text("kv_version") == "1") settings.kv_version = 1;
  settings.mounts = written.texts("mounts");
  settings.dynamic = written.texts("dynamic");
  const std::string method = written.text("auth");
  for (const MethodName& known : methods) {
    if (known.name != (method.empty() ? "token" : method)) continue;
    settings.auth = known.method;
    settings.auth_mount = known.name;
  }
  if (const std::string mount = written.text("auth_mount"); !mount.empty()) settings.auth_mount = mount;
  settings.role = written.text("role");
  settings.role_id = written.text("role_id", {"VAULT_ROLE_ID"});
  settings.secret_id = written.secret("secret_id", {"VAULT_SECRET_ID"});
  settings.secret_id_wrapped = written.flag("secret_id_wrapped");
  settings.jwt = written.secret("jwt");
  settings.identity = {.from = written.text("identity"),
                       .file = written.text("jwt_file"),
                       .audience = written.text("audience")};
  settings.server_id = written.text("server_id");
  if (settings.auth == AuthMethod::kubernetes && settings.identity.file.empty())
    settings.identity.file = service_account_token;
  if (settings.auth == AuthMethod::token) {
    settings.token = written.secret("token", {"VAULT_TOKEN", "BAO_TOKEN"});
    if (!settings.token) {
      DEPLOYCTL_TRY(settings.token, kept_token(parts));
    }
  }
  DEPLOYCTL_CHECK(check(settings));
  return settings;
}

} // namespace deployctl::vault
