// Keys of this machine: variables, files, and what a command prints.
#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/wiped_value.hpp"
#include "cloud/aws/credential_links.hpp"

namespace deployctl::aws {
namespace {

constexpr Milliseconds process_limit{60'000}; // it may ask a person or a vault
constexpr std::size_t longest_output = 64U << 10;

// Beside these a credential process gets the variables of AWS, and nothing else.
constexpr std::array<std::string_view, 17> passed_on = {"PATH",
                                                        "HOME",
                                                        "USER",
                                                        "LOGNAME",
                                                        "SHELL",
                                                        "LANG",
                                                        "LC_ALL",
                                                        "TZ",
                                                        "TMPDIR",
                                                        "XDG_CONFIG_HOME",
                                                        "DISPLAY",
                                                        "GNUPGHOME",
                                                        "XDG_CACHE_HOME",
                                                        "XDG_RUNTIME_DIR",
                                                        "SSH_AUTH_SOCK",
                                                        "WAYLAND_DISPLAY",
                                                        "DBUS_SESSION_BUS_ADDRESS"};

Secret secret_named(const char* name, std::string_view bytes) {
  return Secret::reference(name).resolved_with(bytes);
}

const Value* text_or_null(const Value& document, std::string_view name) {
  const Value* found = name.empty() ? nullptr : document.find_path(name);
  return found && found->text() && !found->text()->empty() ? found : nullptr;
}

Result<std::optional<WallTime>> read_expiry(const Value& document, std::string_view name) {
  const Value* found = name.empty() ? nullptr : document.find_path(name);
  if (!found || found->is_null()) return std::nullopt;
  if (const auto* milliseconds = found->get<std::int64_t>()) {
    constexpr std::int64_t latest = 9'000'000'000'000; // in 2255: as far as the clock counts
    return WallTime(Milliseconds(std::clamp<std::int64_t>(*milliseconds, 0, latest)));
  }
  if (!found->text() || found->text()->empty()) return std::nullopt;
  DEPLOYCTL_TRY(const WallTime time, parse_time(*found->text()));
  return time;
}

// Keys of a section, if both are there.
Result<LinkAnswer> static_keys(const Section* section, const std::string& where) {
  const std::string* id = section ? section->find("aws_access_key_id") : nullptr;
  const std::string* secret = section ? section->find("aws_secret_access_key") : nullptr;
  if (!id && !secret) return LinkAnswer{.why_not = where + " has no access key"};
  if (!id || !secret)
    return fail(Cause::config,
                fmt::format("{} has aws_{} but no aws_{}", where, id ? "access_key_id" : "secret_access_key",
                            id ? "secret_access_key" : "access_key_id"));
  Credentials keys{.access_key_id = *id,
                   .secret_access_key = secret_named("aws.secret_access_key", *secret),
                   .source = where};
  if (const std::string* token = section->find("aws_session_token"))
    keys.session_token = secret_named("aws.session_token", *token);
  return LinkAnswer{.credentials = std::move(keys)};
}

// As a shell splits words, without being one: quotes group, a backslash takes the next character as it is.
Result<std::vector<std::string>> command_words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else {
      if (c == '\\' && quote != '\'' && i + 1 < text.size()) c = text[++i];
      words.back() += c;
    }
  }
  if (quote != 0 || words.empty())
    return fail(Cause::config, "credential_process is no command, or a quote is not closed");
  return words;
}

Result<Credentials> read_process_output(const std::string& output, const std::string& source) {
  constexpr KeyNames names{"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"};
  auto parsed = parse_json(output, JsonMode::plain, {.bytes = longest_output});
  if (!parsed) return fail(Cause::auth, source + " did not print JSON");
  const WipedValue document(*std::move(parsed));
  const Value* version = document->find("Version");
  if (!version || !version->get<std::int64_t>() || *version->get<std::int64_t>() != 1)
    return fail(Cause::auth, source + " did not print credentials of version 1");
  return read_keys(*document, names, source);
}

} // namespace

Result<Credentials> read_keys(const Value& document, const KeyNames& names, const std::string& source) {
  const Value* id = text_or_null(document, names.id);
  const Value* secret = text_or_null(document, names.secret);
  if (!id || !secret) return fail(Cause::auth, source + " gave no access key and secret");
  Credentials keys{.access_key_id = *id->text(),
                   .secret_access_key = secret_named("aws.secret_access_key", *secret->text()),
                   .source = source};
  if (const Value* token = text_or_null(document, names.token))
    keys.session_token = secret_named("aws.session_token", *token->text());
  DEPLOYCTL_TRY(keys.expires, read_expiry(document, names.expires));
  return keys;
}

Result<LinkAnswer> from_environment(const ChainContext& context) {
  const Settings& settings = context.settings;
  const std::string* id = settings.variable("AWS_ACCESS_KEY_ID");
  const std::string* secret = settings.variable("AWS_SECRET_ACCESS_KEY");
  if (!id && !secret) return LinkAnswer{.why_not = "AWS_ACCESS_KEY_ID is not set"};
  if (!id || !secret)
    return fail(Cause::config,
                fmt::format("AWS_{} is set, but AWS_{} is not", id ? "ACCESS_KEY_ID" : "SECRET_ACCESS_KEY",
                            id ? "SECRET_ACCESS_KEY" : "ACCESS_KEY_ID"));
  Credentials keys{.access_key_id = *id,
                   .secret_access_key = secret_named("aws.secret_access_key", *secret),
                   .source = "the environment"};
  const std::string* token = settings.variable("AWS_SESSION_TOKEN");
  if (!token) token = settings.variable("AWS_SECURITY_TOKEN");
  if (token) keys.session_token = secret_named("aws.session_token", *token);
  if (const std::string* account = settings.variable("AWS_ACCOUNT_ID")) keys.account = *account;
  if (const std::string* expires = settings.variable("AWS_CREDENTIAL_EXPIRATION")) {
    DEPLOYCTL_TRY(keys.expires, parse_time(*expires));
  }
  return LinkAnswer{.credentials = std::move(keys)};
}

Result<LinkAnswer> from_credentials_file(const ChainContext& context, const std::string& profile) {
  const auto found = context.settings.credentials_file.find(profile);
  return static_keys(found == context.settings.credentials_file.end() ? nullptr : &found->second,
                     fmt::format("profile '{}' of the credentials file", profile));
}

Result<LinkAnswer> from_config_file(const ChainContext& context, const std::string& profile) {
  return static_keys(context.settings.config.profile(profile), fmt::format("profile '{}'", profile));
}

Result<LinkAnswer> from_process(const ChainContext& context, const std::string& profile) {
  const Section* section = context.settings.config.profile(profile);
  const std::string* command = section ? section->find("credential_process") : nullptr;
  if (!command) return LinkAnswer{.why_not = fmt::format("profile '{}' has no credential_process", profile)};
  const std::string source = fmt::format("credential_process of profile '{}'", profile);
  ProcessRequest request{
      .operation = "aws.credential_process", .timeout = process_limit, .capture_limit = longest_output};
  DEPLOYCTL_TRY(request.argv, command_words(*command));
  request.inherit.assign(passed_on.begin(), passed_on.end());
  for (const auto& [name, value] : context.settings.environment)
    if (name.starts_with("AWS_")) request.inherit.push_back(name);
  DEPLOYCTL_TRY(ProcessResult result, context.parts.processes.run(request, context.stop));
  if (result.cancelled) return fail(Cause::cancelled, source + " was stopped");
  if (result.timed_out) return fail(Cause::timeout, source + " took longer than 60 s");
  if (result.exit_code != 0)
    return fail(Cause::auth, fmt::format("{} exited with {}", source, result.exit_code));
  auto keys = read_process_output(result.out, source);
  ::explicit_bzero(result.out.data(), result.out.size());
  if (!keys) return fail(std::move(keys).error());
  return LinkAnswer{.credentials = *std::move(keys)};
}

} // namespace deployctl::aws
