#include "cloud/aws/account.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "cloud/aws/sigv4.hpp"
#include "net/url.hpp"

namespace deployctl::aws {

Account::Account(Settings settings, const ChainParts& parts)
    : settings_(std::move(settings)), caller_(parts.ports, settings_), chain_(parts, settings_, caller_),
      clock_(parts.ports.clock) {}

Result<std::unique_ptr<Account>> Account::open(const Value& written, const Environment& environment,
                                               const ChainParts& parts) {
  DEPLOYCTL_TRY(Settings settings, read_settings(written, environment, parts.read_file));
  return std::unique_ptr<Account>(new Account(std::move(settings), parts));
}

Status Account::check_account(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (is_checked_ || settings_.account.empty()) return {};
  DEPLOYCTL_TRY(WireRequest request, query_request("GetCallerIdentity", sts_version, {}));
  DEPLOYCTL_TRY(
      const WipedValue answer,
      caller_.call(
          {.service = sts, .operation = "aws.sts", .request = std::move(request), .region = settings_.region},
          &chain_, stop));
  const Value* account = answer->find("Account");
  const std::string found = account && account->text() ? *account->text() : "";
  if (found != settings_.account)
    return fail(Cause::auth,
                fmt::format("the credentials belong to account '{}', not to '{}'", found, settings_.account));
  is_checked_ = true;
  return {};
}

Result<WipedValue> Account::call(const Call& call, const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_account(stop));
  return caller_.call(call, &chain_, stop);
}

Result<SignedQuestion> Account::sign_who_am_i(const std::string& server_id, const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_account(stop));
  const std::string region = settings_.region.empty() ? "us-east-1" : settings_.region;
  DEPLOYCTL_TRY(const Credentials keys, chain_.credentials(stop));
  DEPLOYCTL_TRY(const std::string endpoint, resolve_endpoint({.service = sts,
                                                              .region = region,
                                                              .url = settings_.endpoint_url,
                                                              .environment = settings_.environment,
                                                              .config = settings_.config,
                                                              .profile = settings_.profile}));
  DEPLOYCTL_TRY(const net::Url url, net::parse_url(endpoint));
  DEPLOYCTL_TRY(WireRequest request, query_request("GetCallerIdentity", sts_version, {}));
  SignableRequest signable{.method = "POST", .path = "/", .query = "", .headers = request.headers};
  signable.headers.emplace_back("Host", url.origin().substr(url.origin().find("://") + 3));
  if (!server_id.empty()) signable.headers.emplace_back("X-Vault-AWS-IAM-Server-ID", server_id);
  DEPLOYCTL_TRY(signable.payload_hash, body_sha256(request.body));
  DEPLOYCTL_TRY(const Signed made,
                sign_headers(signable, {.credentials = keys,
                                        .scope = {.region = region, .service = std::string(sts.signing)},
                                        .time = clock_.wall()}));
  signable.headers.insert(signable.headers.end(), made.headers.begin(), made.headers.end());
  Value::Map headers;
  for (const auto& [name, value] : signable.headers) {
    Value::List one;
    one.push_back(value.secret() ? Value(*value.secret()) : Value(*value.plain()));
    headers.insert_or_assign(name, std::move(one));
  }
  SignedQuestion question{.url = url.origin() + "/", .body = *request.body.plain()};
  DEPLOYCTL_TRY(question.headers, json_body(headers));
  return question;
}

} // namespace deployctl::aws
