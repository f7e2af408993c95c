// What the stores of AWS share: an account that is opened on first use, and secrets kept by what was asked
// for. Only for aws_*.cpp.
#pragma once

#include <memory>

#include "secrets/aws_stores.hpp"
#include "secrets/once.hpp"

namespace deployctl::secrets {

// A shared file that cannot be read is an error of the secrets that need it, not of the whole program.
class AwsAccount {
public:
  AwsAccount(std::string instance, AwsParts parts)
      : instance_(std::move(instance)), parts_(std::move(parts)) {}

  Result<WipedValue> call(const aws::Service& service, Result<aws::WireRequest> request,
                          const std::stop_token& stop);
  [[nodiscard]] std::string region(); // empty: it could not be opened

private:
  Result<aws::Account*> opened();

  std::string instance_;
  AwsParts parts_;
  OpenOnce<aws::Account> account_;
};

std::unique_ptr<Store> make_secrets_manager(std::shared_ptr<AwsAccount> account, std::set<std::string> names);
std::unique_ptr<Store> make_parameter_store(std::shared_ptr<AwsAccount> account, std::set<std::string> names);

// The next of `names`, at most `most` of them; what was taken is removed.
std::vector<std::string> take_some(std::set<std::string>& names, std::size_t most);

} // namespace deployctl::secrets
