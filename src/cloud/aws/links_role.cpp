// Roles: assumed with other keys, or with a token that an identity provider signed.
#include <array>
#include <set>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "cloud/aws/credential_links.hpp"
#include "cloud/identity.hpp"

namespace deployctl::aws {
namespace {

constexpr std::size_t longest_token = 64U << 10;
constexpr KeyNames sts_keys{"Credentials.AccessKeyId", "Credentials.SecretAccessKey",
                            "Credentials.SessionToken", "Credentials.Expiration"};

// One set of keys, for the call that gives others for it.
class FixedSource final : public CredentialSource {
public:
  explicit FixedSource(const Credentials& credentials) : credentials_(credentials) {}
  Result<Credentials> credentials(const std::stop_token&) override { return credentials_; }
  void expired(const Credentials&) override {}

private:
  const Credentials& credentials_;
};

std::string text_in(const Section* section, std::string_view key) {
  const std::string* found = section ? section->find(key) : nullptr;
  return found ? *found : "";
}

// "deployctl-1767225600": who it was can be found in the trail by the time.
std::string session_name(const ChainContext& context, const std::string& written) {
  if (!written.empty()) return written;
  const auto now = context.parts.ports.clock.wall().time_since_epoch();
  return fmt::format("deployctl-{}", std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

Result<Credentials> ask_sts(const ChainContext& context, WireRequest request, CredentialSource* source,
                            const Role& role) {
  const std::string& region = context.settings.region;
  const Call call{.service = sts,
                  .operation = "aws.sts",
                  .request = std::move(request),
                  .region = region.empty() ? "us-east-1" : region};
  auto answer = context.caller.call(call, source, context.stop).map_error([&](Error error) {
    return std::move(error).in(fmt::format("while assuming '{}' for {}", role.arn, role.told_as));
  });
  if (!answer) return fail(std::move(answer).error());
  return read_keys(**answer, sts_keys, fmt::format("{} via '{}'", role.told_as, role.arn));
}

struct Identity {
  std::string token_file;
  Role role;
};

Result<Credentials> assume_with(const ChainContext& context, const Secret& token, const Role& role) {
  DEPLOYCTL_TRY(WireRequest request,
                query_request("AssumeRoleWithWebIdentity", sts_version,
                              {{"RoleArn", role.arn},
                               {"RoleSessionName", session_name(context, role.session_name)},
                               {"WebIdentityToken", token}}));
  request.is_signed = false;
  return ask_sts(context, std::move(request), nullptr, role);
}

Result<Credentials> assume_with_token(const ChainContext& context, const Identity& identity) {
  DEPLOYCTL_TRY(const std::string text, context.parts.read_file(identity.token_file, longest_token));
  const Secret token = Secret::reference("aws.web_identity_token").resolved_with(trim(text));
  context.parts.learn(token);
  return assume_with(context, token, identity.role);
}

using Visited = std::set<std::string>;
Result<Credentials> keys_of_profile(const ChainContext& context, const std::string& profile, Visited visited);

// What `credential_source` names, in any case of its letters.
Result<Credentials> keys_of_source(const ChainContext& context, const std::string& profile,
                                   const std::string& name) {
  struct Named {
    std::string_view name;
    Result<LinkAnswer> (*link)(const ChainContext&);
  };
  static constexpr std::array<Named, 3> sources = {{{"Environment", from_environment},
                                                    {"Ec2InstanceMetadata", from_instance},
                                                    {"EcsContainer", from_container}}};
  for (const Named& source : sources) {
    if (!equal_ignoring_case(source.name, name)) continue;
    DEPLOYCTL_TRY(LinkAnswer answer, source.link(context));
    if (answer.credentials) return *std::move(answer.credentials);
    return fail(Cause::auth, fmt::format("profile '{}' takes its keys from {}, but {}", profile, source.name,
                                         answer.why_not));
  }
  return fail(Cause::config,
              fmt::format("profile '{}' names the unknown credential_source '{}'", profile, name),
              "write Environment, Ec2InstanceMetadata or EcsContainer");
}

Status check_role(const Section& section, const std::string& profile) {
  if (section.find("mfa_serial"))
    return fail(Cause::config, fmt::format("profile '{}' wants the code of an MFA device", profile),
                "nobody is asked for one here; use a role without mfa_serial, SSO, or a credential_process");
  const bool has_profile = section.find("source_profile") != nullptr;
  const bool has_source = section.find("credential_source") != nullptr;
  if (has_profile != has_source) return {};
  return fail(Cause::config,
              fmt::format("profile '{}' has role_arn with {} source_profile {} credential_source", profile,
                          has_profile ? "both" : "neither", has_profile ? "and" : "nor"));
}

Result<Credentials> role_of_profile(const ChainContext& context, const Section& section,
                                    const std::string& profile, Visited visited) {
  DEPLOYCTL_CHECK(check_role(section, profile));
  const std::string* source_profile = section.find("source_profile");
  visited.insert(profile);
  auto base = source_profile ? keys_of_profile(context, *source_profile, std::move(visited))
                             : keys_of_source(context, profile, *section.find("credential_source"));
  if (!base) return base;
  return assume_role(context,
                     {.arn = *section.find("role_arn"),
                      .session_name = text_in(&section, "role_session_name"),
                      .external_id = text_in(&section, "external_id"),
                      .duration = text_in(&section, "duration_seconds"),
                      .told_as = fmt::format("profile '{}'", profile)},
                     *base);
}

Result<LinkAnswer> identity_of_profile(const ChainContext& context, const std::string& profile) {
  const Section* section = context.settings.config.profile(profile);
  const std::string file = text_in(section, "web_identity_token_file");
  if (file.empty())
    return LinkAnswer{.why_not = fmt::format("profile '{}' has no web_identity_token_file", profile)};
  const std::string arn = text_in(section, "role_arn");
  if (arn.empty())
    return fail(Cause::config,
                fmt::format("profile '{}' has web_identity_token_file but no role_arn", profile));
  DEPLOYCTL_TRY(Credentials keys,
                assume_with_token(context, {.token_file = file,
                                            .role = {.arn = arn,
                                                     .session_name = text_in(section, "role_session_name"),
                                                     .told_as = fmt::format("profile '{}'", profile)}}));
  return LinkAnswer{.credentials = std::move(keys)};
}

// A source may itself be a role, and so on; a profile may come back only as one that holds keys.
Result<Credentials> keys_of_profile(const ChainContext& context, const std::string& profile,
                                    Visited visited) {
  const Section* section = context.settings.config.profile(profile);
  if (!section) return fail(Cause::config, fmt::format("there is no profile '{}'", profile));
  const bool again = visited.contains(profile);
  const bool is_role = section->find("role_arn") && !section->find("web_identity_token_file");
  if (is_role && !again) return role_of_profile(context, *section, profile, std::move(visited));
  using ProfileLink = Result<LinkAnswer> (*)(const ChainContext&, const std::string&);
  static constexpr std::array<ProfileLink, 5> links = {identity_of_profile, from_sso, from_credentials_file,
                                                       from_process, from_config_file};
  for (const ProfileLink link : links) {
    if (again && link != from_credentials_file && link != from_config_file) continue;
    DEPLOYCTL_TRY(LinkAnswer answer, link(context, profile));
    if (answer.credentials) return *std::move(answer.credentials);
  }
  if (again) return fail(Cause::config, fmt::format("profile '{}' is its own source", profile));
  return fail(Cause::auth, fmt::format("profile '{}' has no credentials", profile));
}

} // namespace

Result<Credentials> assume_role(const ChainContext& context, const Role& role, const Credentials& with) {
  std::vector<std::pair<std::string, Text>> fields = {
      {"RoleArn", role.arn}, {"RoleSessionName", session_name(context, role.session_name)}};
  if (!role.external_id.empty()) fields.emplace_back("ExternalId", role.external_id);
  if (!role.duration.empty()) fields.emplace_back("DurationSeconds", role.duration);
  DEPLOYCTL_TRY(WireRequest request, query_request("AssumeRole", sts_version, fields));
  FixedSource source(with);
  return ask_sts(context, std::move(request), &source, role);
}

Result<Credentials> from_identity(const ChainContext& context) {
  const ChainParts& parts = context.parts;
  const cloud::Parts asking{.http = parts.ports.http,
                            .processes = parts.processes,
                            .clock = parts.ports.clock,
                            .random = parts.ports.random,
                            .environment = context.settings.environment,
                            .wait = parts.ports.wait,
                            .read_file = parts.read_file,
                            .learn = parts.learn,
                            .directory = {}};
  const cloud::Identity identity{
      .from = context.settings.identity, .file = {}, .audience = context.settings.audience};
  DEPLOYCTL_TRY(const Secret token, cloud::identity_token(asking, identity, context.stop));
  return assume_with(context, token,
                     {.arn = context.settings.role_arn,
                      .session_name = context.settings.session_name,
                      .told_as = fmt::format("the identity by {}", identity.from)});
}

Result<LinkAnswer> from_assumed_role(const ChainContext& context, const std::string& profile) {
  const Section* section = context.settings.config.profile(profile);
  if (!section || !section->find("role_arn") || section->find("web_identity_token_file"))
    return LinkAnswer{.why_not = fmt::format("profile '{}' has no role_arn", profile)};
  DEPLOYCTL_TRY(Credentials keys, role_of_profile(context, *section, profile, {}));
  return LinkAnswer{.credentials = std::move(keys)};
}

Result<LinkAnswer> from_web_identity(const ChainContext& context) {
  const Settings& settings = context.settings;
  const std::string* file = settings.variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  if (!file || settings.profile_is_written) return identity_of_profile(context, settings.profile);
  const std::string* arn = settings.variable("AWS_ROLE_ARN");
  if (!arn) return fail(Cause::config, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
  const std::string* name = settings.variable("AWS_ROLE_SESSION_NAME");
  DEPLOYCTL_TRY(Credentials keys,
                assume_with_token(context, {.token_file = *file,
                                            .role = {.arn = *arn,
                                                     .session_name = name ? *name : "",
                                                     .told_as = "the environment's web identity"}}));
  return LinkAnswer{.credentials = std::move(keys)};
}

} // namespace deployctl::aws
