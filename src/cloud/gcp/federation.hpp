// Workload identity federation: a foreign identity token is exchanged for one of Google, and that for one of
// a service account. Only for src/cloud/gcp.
#pragma once

#include "cloud/gcp/credentials.hpp"

namespace deployctl::gcp {

inline constexpr std::string_view cloud_scope = "https://www.googleapis.com/auth/cloud-platform";

struct Exchange {
  std::string audience;
  std::string token_type = "urn:ietf:params:oauth:token-type:jwt";
  std::string url = "https://sts.googleapis.com/v1/token";
};

Result<cloud::Token> exchange_token(const cloud::Parts& parts, const Exchange& exchange,
                                    const Secret& subject, const std::stop_token& stop);
// `url` of generateAccessToken.
Result<cloud::Token> act_as(const cloud::Parts& parts, const std::string& url, const Secret& with,
                            const std::stop_token& stop);
std::string act_as_url(const std::string& service_account);

// The token in an answer of OAuth ("access_token", "expires_in"). `what` names it in messages.
Result<cloud::Token> oauth_token(const cloud::Parts& parts, const Value& answer, const std::string& what);
// https, and of Google.
Status check_endpoint(const std::string& url, const std::string& what);

} // namespace deployctl::gcp
