#include "cloud/aws/settings.hpp"

#include "base/variables.hpp"

#include <fmt/core.h>

#include "base/members.hpp"

namespace deployctl::aws {
namespace {

constexpr std::size_t longest_file = 1U << 20;

// The first of the variables that is set.
std::string first_variable(const Settings& settings, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const std::string* found = settings.variable(name)) return *found;
  return {};
}

Result<SharedConfig> read_shared(const Settings& settings, SharedFile kind, const ReadFile& read_file) {
  const bool is_config = kind == SharedFile::config;
  const std::string* named = settings.variable(is_config ? "AWS_CONFIG_FILE" : "AWS_SHARED_CREDENTIALS_FILE");
  const std::string* home = settings.variable("HOME");
  std::string path = named ? *named : is_config ? "~/.aws/config" : "~/.aws/credentials";
  if (path.starts_with("~/")) {
    if (!home) return SharedConfig{};
    path = *home + path.substr(1);
  }
  const auto text = read_file(path, longest_file);
  if (!text) {
    if (text.error().cause == Cause::not_found) return SharedConfig{};
    return fail(text.error());
  }
  return parse_shared_config(*text, kind).map_error([&](Error error) {
    error.message = fmt::format("'{}', {}", path, error.message);
    return error;
  });
}

} // namespace

const std::string* Settings::variable(std::string_view name) const {
  return find_variable(environment, name);
}

const Section* Settings::section() const {
  return config.profile(profile);
}

Result<Settings> read_settings(const Value& written, const Environment& environment,
                               const ReadFile& read_file) {
  Settings settings{.environment = environment};
  DEPLOYCTL_TRY(const SharedConfig credentials, read_shared(settings, SharedFile::credentials, read_file));
  DEPLOYCTL_TRY(SharedConfig config, read_shared(settings, SharedFile::config, read_file));
  settings.config = merged(std::move(config), credentials);
  settings.credentials_file = credentials.profiles;

  const std::string profile = text_at(written, "profile");
  const std::string of_environment = first_variable(settings, {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"});
  settings.profile_is_written = !profile.empty();
  if (!profile.empty() || !of_environment.empty())
    settings.profile = profile.empty() ? of_environment : profile;
  if (!settings.section() && settings.profile != "default")
    return fail(Cause::config, fmt::format("there is no profile '{}'", settings.profile),
                "it is looked for in ~/.aws/config and ~/.aws/credentials");

  settings.region = text_at(written, "region");
  if (settings.region.empty())
    settings.region = first_variable(settings, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (const Section* section = settings.section(); section && settings.region.empty())
    if (const std::string* found = section->find("region")) settings.region = *found;
  settings.endpoint_url = text_at(written, "endpoint_url");
  settings.role_arn = text_at(written, "role_arn");
  settings.external_id = text_at(written, "external_id");
  settings.session_name = text_at(written, "session_name");
  settings.identity = text_at(written, "identity");
  settings.audience = text_at(written, "audience");
  if (settings.audience.empty()) settings.audience = "sts.amazonaws.com";
  if (!settings.identity.empty() && settings.role_arn.empty())
    return fail(Cause::config, "'identity' of the provider aws needs 'role_arn', the role that trusts it");
  settings.account = text_at(written, "account");
  return settings;
}

} // namespace deployctl::aws
