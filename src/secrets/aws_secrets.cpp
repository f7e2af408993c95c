// aws-sm://name[#key]
#include <algorithm>
#include <mutex>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/wiped.hpp"
#include "base/wiped_value.hpp"
#include "secrets/aws_account.hpp"
#include "secrets/sources.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::size_t most_at_once = 20;
constexpr std::string_view target = "secretsmanager";
constexpr std::string_view current = "AWSCURRENT";

Result<StoredValue> value_in(const Value& answer) {
  StoredValue stored{.bytes = nullptr, .version = text_at(answer, "VersionId")};
  if (const Value* text = answer.find("SecretString"); text && text->text()) {
    stored.bytes = std::make_shared<const SecretBytes>(*text->text());
    return stored;
  }
  DEPLOYCTL_TRY(std::string decoded, from_base64(*Wiped(text_at(answer, "SecretBinary"))));
  const Wiped binary(std::move(decoded));
  stored.bytes = std::make_shared<const SecretBytes>(*binary);
  return stored;
}

// A secret may be asked for by its name, its ARN, or its ARN without the six letters at the end.
bool is_named(const Value& answer, const std::string& name) {
  const std::string arn = text_at(answer, "ARN");
  return text_at(answer, "Name") == name || arn == name ||
         (name.starts_with("arn:") && arn.size() == name.size() + 7 && arn.starts_with(name + "-"));
}

Result<std::string> current_version(const Value& description) {
  const Value* versions = description.find("VersionIdsToStages");
  if (versions && versions->map())
    for (const auto& [id, stages] : *versions->map())
      if (stages.list() && std::ranges::find(*stages.list(), Value(current)) != stages.list()->end())
        return id;
  return fail(Cause::not_found, "the secret has no current version");
}

// One member of a secret that is a JSON object. Says where it failed, never what it read.
Result<StoredValue> member_of(const StoredValue& whole, const std::string& key) {
  auto parsed = parse_json(whole.bytes->view(), JsonMode::plain, {.bytes = value_limit});
  const WipedValue document(parsed ? *std::move(parsed) : Value());
  if (!document->map())
    return fail(Cause::config, fmt::format("it is no JSON object, so '#{}' means nothing in it", key));
  const Value* found = document->find(key);
  if (!found) return fail(Cause::not_found, fmt::format("it has nothing at '#{}'", key));
  if (!found->text() && !found->get<std::int64_t>())
    return fail(Cause::config, fmt::format("what it has at '#{}' is neither text nor a whole number", key));
  const Wiped text(found->text() ? *found->text() : to_json(*found));
  return StoredValue{.bytes = std::make_shared<const SecretBytes>(*text), .version = whole.version};
}

class SecretsManager final : public Store {
public:
  SecretsManager(std::shared_ptr<AwsAccount> account, std::set<std::string> names)
      : account_(std::move(account)), unread_(std::move(names)) {}

  Result<std::string> version(const SecretReference& reference, const std::stop_token& stop) override {
    return versions_.get(reference.source, [&] { return ask_version(reference.source, stop); });
  }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const StoredValue value, whole(reference.source, stop));
    return reference.key ? member_of(value, *reference.key) : value;
  }

private:
  Result<std::string> ask_version(const std::string& name, const std::stop_token& stop) {
    const auto described = ask("DescribeSecret", name, stop);
    if (described) return current_version(**described);
    // Who may only read the value learns its version from that.
    if (described.error().cause != Cause::permission) return fail(named(described.error()));
    return whole(name, stop).map([](const StoredValue& value) { return value.version; });
  }

  Result<WipedValue> ask(const std::string& operation, const std::string& name, const std::stop_token& stop) {
    return account_->call(aws::secrets_manager,
                          aws::json_request(target, operation, Value::Map{{"SecretId", name}}), stop);
  }

  Error named(Error error) {
    if (error.cause == Cause::not_found)
      error.message = fmt::format("Secrets Manager has no such secret in {}", account_->region());
    return error;
  }

  Result<StoredValue> whole(const std::string& name, const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    unread_.insert(name);
    if (const auto known = values_.find(name); known != values_.end()) return known->second;
    read_together(stop);
    if (const auto known = values_.find(name); known != values_.end()) return known->second;
    const auto answer = ask("GetSecretValue", name, stop);
    if (!answer) return fail(named(answer.error()));
    DEPLOYCTL_TRY(StoredValue value, value_in(**answer));
    return values_.emplace(name, std::move(value)).first->second;
  }

  // Twenty in one request. Reading many at once is a permission of its own: without it, and for each one that
  // is missing in the answer, the single request is sent, which also knows why.
  void read_together(const std::stop_token& stop) {
    std::set<std::string> wanted;
    std::swap(wanted, unread_);
    std::erase_if(wanted, [this](const std::string& name) { return values_.contains(name); });
    while (wanted.size() > 1 && may_read_together_) {
      const auto names = take_some(wanted, most_at_once);
      const Value::List ids(names.begin(), names.end());
      const auto answer = account_->call(
          aws::secrets_manager,
          aws::json_request(target, "BatchGetSecretValue", Value::Map{{"SecretIdList", ids}}), stop);
      may_read_together_ = answer.has_value();
      if (answer) take(**answer, names);
    }
  }

  void take(const Value& answer, const std::vector<std::string>& names) {
    for (const Value& one : list_at(answer, "SecretValues"))
      for (const std::string& name : names)
        if (is_named(one, name))
          if (auto value = value_in(one)) values_.emplace(name, *std::move(value));
  }

  std::shared_ptr<AwsAccount> account_;
  std::mutex mutex_; // guards what follows; held while reading, so that nothing is read twice
  std::set<std::string> unread_;
  std::map<std::string, StoredValue> values_;
  bool may_read_together_ = true;
  ReadOnce<std::string> versions_; // by source
};

} // namespace

std::unique_ptr<Store> make_secrets_manager(std::shared_ptr<AwsAccount> account,
                                            std::set<std::string> names) {
  return std::make_unique<SecretsManager>(std::move(account), std::move(names));
}

} // namespace deployctl::secrets
