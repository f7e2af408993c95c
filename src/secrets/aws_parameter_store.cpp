// aws-ssm://name, also with a version or a label: "/prod/db:3"
#include <cmath>
#include <mutex>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/wiped.hpp"
#include "secrets/aws_account.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::size_t most_at_once = 10;
constexpr std::string_view target = "AmazonSSM";

// A parameter that was deleted and made again counts from 1 again, so the time belongs to the version.
std::string version_in(const Value& parameter) {
  const Value* number = parameter.find("Version");
  const Value* modified = parameter.find("LastModifiedDate");
  std::string text =
      number && number->get<std::int64_t>() ? std::to_string(*number->get<std::int64_t>()) : "?";
  if (!modified) return text;
  if (const auto* seconds = modified->get<double>()) text += fmt::format("@{}", std::llround(*seconds));
  if (const auto* seconds = modified->get<std::int64_t>()) text += fmt::format("@{}", *seconds);
  return text;
}

class ParameterStore final : public Store {
public:
  ParameterStore(std::shared_ptr<AwsAccount> account, std::set<std::string> names)
      : account_(std::move(account)), names_(std::move(names)) {}

  // Without decryption a secure string comes as it is kept: its version without its value.
  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const StoredValue value, look(sealed_, reference.source, false, stop));
    return value.version;
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    return look(opened_, reference.source, true, stop);
  }

private:
  using Known = std::map<std::string, StoredValue>;

  Result<StoredValue> look(Known& known, const std::string& name, bool decrypt, const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    if (const auto found = known.find(name); found != known.end()) return found->second;
    // All of them at once; when that fails for one's sake, this one alone.
    std::set<std::string> wanted = names_;
    wanted.insert(name);
    std::erase_if(wanted, [&known](const std::string& one) { return known.contains(one); });
    Status status = ask(known, std::move(wanted), decrypt, stop);
    if (!status && !known.contains(name)) status = ask(known, {name}, decrypt, stop);
    if (const auto found = known.find(name); found != known.end()) return found->second;
    if (!status) return fail(std::move(status).error());
    return fail(Cause::not_found,
                fmt::format("the Parameter Store has no such parameter in {}", account_->region()));
  }

  Status ask(Known& known, std::set<std::string> wanted, bool decrypt, const std::stop_token& stop) {
    while (!wanted.empty()) {
      const auto names = take_some(wanted, most_at_once);
      const Value::Map input{{"Names", Value::List(names.begin(), names.end())}, {"WithDecryption", decrypt}};
      DEPLOYCTL_TRY(const WipedValue answer,
                    account_->call(aws::ssm, aws::json_request(target, "GetParameters", input), stop));
      for (const Value& one : list_at(*answer, "Parameters"))
        for (const std::string& name : names)
          if (is_named(one, name)) known.emplace(name, stored(one, decrypt));
    }
    return {};
  }

  static bool is_named(const Value& parameter, const std::string& name) {
    return text_at(parameter, "Name") + text_at(parameter, "Selector") == name ||
           text_at(parameter, "ARN") + text_at(parameter, "Selector") == name;
  }

  static StoredValue stored(const Value& parameter, bool decrypted) {
    StoredValue value{.bytes = nullptr, .version = version_in(parameter)};
    if (decrypted) value.bytes = std::make_shared<const SecretBytes>(*Wiped(text_at(parameter, "Value")));
    return value;
  }

  std::shared_ptr<AwsAccount> account_;
  std::set<std::string> names_;
  std::mutex mutex_; // guards what follows; held while reading, so that nothing is read twice
  Known sealed_;     // versions only
  Known opened_;
};

} // namespace

std::unique_ptr<Store> make_parameter_store(std::shared_ptr<AwsAccount> account,
                                            std::set<std::string> names) {
  return std::make_unique<ParameterStore>(std::move(account), std::move(names));
}

} // namespace deployctl::secrets
