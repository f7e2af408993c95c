// The services of AWS that deployctl talks to: what configuration, hosts and signatures call them. Data only.
#pragma once

#include <string_view>

namespace deployctl::aws {

struct Service {
  std::string_view id;      // "Secrets Manager": AWS_ENDPOINT_URL_SECRETS_MANAGER, `secrets_manager =`
  std::string_view prefix;  // of the host
  std::string_view signing; // name in the signature's scope
};

inline constexpr Service secrets_manager{"Secrets Manager", "secretsmanager", "secretsmanager"};
inline constexpr Service ssm{"SSM", "ssm", "ssm"};
inline constexpr Service sso{"SSO", "portal.sso", "awsssoportal"};
inline constexpr Service sso_oidc{"SSO OIDC", "oidc", "sso-oauth"};
inline constexpr Service sts{"STS", "sts", "sts"};

inline constexpr std::string_view sts_version = "2011-06-15"; // of its query protocol

} // namespace deployctl::aws
