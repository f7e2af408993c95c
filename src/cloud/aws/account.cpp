#include "cloud/aws/account.hpp"

#include <fmt/core.h>

namespace deployctl::aws {

Account::Account(Settings settings, ChainParts parts)
    : settings_(std::move(settings)), caller_(parts.ports, settings_),
      chain_(std::move(parts), settings_, caller_) {}

Result<std::unique_ptr<Account>> Account::open(const Value& written, const Environment& environment,
                                               ChainParts parts) {
  DEPLOYCTL_TRY(Settings settings, read_settings(written, environment, parts.read_file));
  return std::unique_ptr<Account>(new Account(std::move(settings), std::move(parts)));
}

Status Account::check_account(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (is_checked_ || settings_.account.empty()) return {};
  DEPLOYCTL_TRY(WireRequest request, query_request("GetCallerIdentity", sts_version, {}));
  DEPLOYCTL_TRY(
      const Value answer,
      caller_.call(
          {.service = sts, .operation = "aws.sts", .request = std::move(request), .region = settings_.region},
          &chain_, stop));
  const Value* account = answer.find("Account");
  const std::string found = account && account->text() ? *account->text() : "";
  if (found != settings_.account)
    return fail(Cause::auth,
                fmt::format("the credentials belong to account '{}', not to '{}'", found, settings_.account));
  is_checked_ = true;
  return {};
}

Result<Value> Account::call(const Call& call, const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_account(stop));
  return caller_.call(call, &chain_, stop);
}

} // namespace deployctl::aws
