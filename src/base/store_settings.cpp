#include "base/store_settings.hpp"

#include <algorithm>

namespace deployctl {
namespace {

Field setting(std::string name, std::string help, std::string example, std::string pattern = {}) {
  return {.name = std::move(name),
          .type = FieldType::text,
          .help = std::move(help),
          .example = std::move(example),
          .pattern = std::move(pattern)};
}

std::vector<Field> aws_fields() {
  return {
      setting("profile",
              "The profile of ~/.aws/config and ~/.aws/credentials, before any keys of the environment.",
              "production"),
      setting("region", "The region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's.", "eu-north-1",
              "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
      setting("role_arn", "A role that is assumed with the credentials found.",
              "arn:aws:iam::123456789012:role/deployer"),
      setting("external_id", "What the role's owner wants to be told when it is assumed.", "kodex"),
      setting("session_name", "The name of the role's session in the trail of AWS.", "deployctl",
              "[A-Za-z0-9_+=,.@-]{2,64}"),
      setting("account", "The account these credentials must belong to; any other is an error.",
              "123456789012", "[0-9]{12}"),
      setting("endpoint_url", "One URL for all services, such as a private endpoint or an emulator.",
              "https://vpce.example.com", "https?://.*"),
  };
}

} // namespace

std::span<const StoreSettings> store_settings() {
  static const std::vector<StoreSettings> stores = {
      {.provider = "aws", .schemes = {"aws-sm", "aws-ssm"}, .fields = aws_fields()}};
  return stores;
}

const StoreSettings* find_store_settings(std::string_view provider) {
  const auto stores = store_settings();
  const auto found = std::ranges::find(stores, provider, &StoreSettings::provider);
  return found == stores.end() ? nullptr : &*found;
}

const StoreSettings* find_store_of_scheme(std::string_view scheme) {
  const auto stores = store_settings();
  const auto found = std::ranges::find_if(stores, [scheme](const StoreSettings& store) {
    return std::ranges::find(store.schemes, scheme) != store.schemes.end();
  });
  return found == stores.end() ? nullptr : &*found;
}

} // namespace deployctl
