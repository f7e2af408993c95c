#include "providers/docker/registry_login.hpp"

#include "base/body.hpp"

namespace deployctl::providers::docker {

Result<Text> registry_login(const registry::Credential& credential, const std::string& host) {
  if (credential.anonymous()) return Text();
  Value::Map login = {{"serveraddress", host}};
  if (credential.access_token.is_resolved())
    login["registrytoken"] = credential.access_token;
  else if (credential.identity_token.is_resolved())
    login["identitytoken"] = credential.identity_token;
  else {
    login["username"] = credential.user;
    login["password"] = credential.password;
  }
  DEPLOYCTL_TRY(const Text body, json_body(Value(std::move(login))));
  return base64_url_text(body);
}

} // namespace deployctl::providers::docker
