#include "secrets/aws_stores.hpp"

#include <array>

#include "base/store_settings.hpp"
#include "secrets/aws_account.hpp"

namespace deployctl::secrets {

Result<aws::Account*> AwsAccount::opened() {
  return account_.get(
      [this] { return aws::Account::open(parts_.settings(instance_), parts_.environment, parts_.chain()); });
}

Result<WipedValue> AwsAccount::call(const aws::Service& service, Result<aws::WireRequest> request,
                                    const std::stop_token& stop) {
  if (!request) return fail(std::move(request).error());
  DEPLOYCTL_TRY(aws::Account * account, opened());
  return account->call({.service = service, .operation = "secrets.aws", .request = *std::move(request)},
                       stop);
}

std::string AwsAccount::region() {
  const auto account = opened();
  return account ? (*account)->region() : "";
}

std::vector<std::string> take_some(std::set<std::string>& names, std::size_t most) {
  std::vector<std::string> taken;
  while (!names.empty() && taken.size() < most) taken.push_back(names.extract(names.begin()).value());
  return taken;
}

void add_aws_stores(Stores& stores, const std::vector<SecretReference>& references, const AwsParts& parts) {
  using Make = std::unique_ptr<Store> (*)(std::shared_ptr<AwsAccount>, std::set<std::string>);
  constexpr std::array<std::pair<const char*, Make>, 2> makers = {
      {{"aws-sm", make_secrets_manager}, {"aws-ssm", make_parameter_store}}};
  std::map<std::string, std::shared_ptr<AwsAccount>> accounts;
  for (const auto& [scheme, make] : makers) {
    std::map<std::string, std::set<std::string>> names; // by instance
    for (const SecretReference& reference : references)
      if (reference.scheme == scheme) names[instance_of(reference)].insert(reference.source);
    for (auto& [instance, wanted] : names) {
      auto& account = accounts[instance];
      if (!account) account = std::make_shared<AwsAccount>(instance, parts);
      stores.add(scheme, instance, make(account, std::move(wanted)));
    }
  }
}

} // namespace deployctl::secrets
