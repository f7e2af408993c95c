#include "cloud/aws/credential_chain.hpp"

#include <array>

#include <fmt/core.h>

namespace deployctl::aws {
namespace {

// From the first on new keys are asked for, up to the second the old ones serve when that fails.
constexpr std::chrono::minutes wanted_before(15);
constexpr std::chrono::minutes needed_before(10);
constexpr std::chrono::seconds failure_kept(5);

template <Result<LinkAnswer> (*link)(const ChainContext&, const std::string&)>
Result<LinkAnswer> of_profile(const ChainContext& context) {
  return link(context, context.settings.profile);
}

struct Link {
  std::string_view name;
  Result<LinkAnswer> (*ask)(const ChainContext&);
  bool only_without_profile = false; // a profile that the pipeline writes goes before it
};

constexpr std::array<Link, 9> links = {{
    {"environment", from_environment, true},
    {"assumed role", of_profile<from_assumed_role>},
    {"web identity", from_web_identity},
    {"sso", of_profile<from_sso>},
    {"credentials file", of_profile<from_credentials_file>},
    {"credential process", of_profile<from_process>},
    {"config file", of_profile<from_config_file>},
    {"container", from_container},
    {"instance", from_instance},
}};

Result<Credentials> ask_links(const ChainContext& context) {
  std::vector<std::string> why;
  for (const Link& link : links) {
    if (link.only_without_profile && context.settings.profile_is_written) {
      why.push_back(fmt::format("{}: the pipeline names profile '{}'", link.name, context.settings.profile));
      continue;
    }
    DEPLOYCTL_TRY(LinkAnswer answer, link.ask(context));
    if (answer.credentials) return *std::move(answer.credentials);
    why.push_back(fmt::format("{}: {}", link.name, answer.why_not));
  }
  Error none{.cause = Cause::auth,
             .message = "no credentials for AWS were found",
             .help = "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"};
  none.evidence = std::move(why);
  return fail(std::move(none));
}

} // namespace

CredentialChain::CredentialChain(ChainParts parts, const Settings& settings, Caller& caller)
    : parts_(std::move(parts)), settings_(settings), caller_(caller) {}

bool CredentialChain::is_fresh(const Credentials& credentials, std::chrono::seconds ahead) const {
  return !credentials.expires || *credentials.expires > parts_.ports.clock.wall() + ahead;
}

Result<Credentials> CredentialChain::asked(const std::stop_token& stop) {
  const ChainContext context{parts_, settings_, caller_, stop};
  const bool by_identity = !settings_.identity.empty();
  DEPLOYCTL_TRY(Credentials found, by_identity ? from_identity(context) : ask_links(context));
  if (!is_fresh(found, std::chrono::seconds(0)))
    return fail(Cause::auth,
                fmt::format("the credentials of {} expired at {}", found.source, format_time(*found.expires)),
                "sign in again, or give credentials that renew themselves");
  const auto learn = [this](const Credentials& keys) {
    parts_.learn(keys.secret_access_key);
    if (keys.session_token) parts_.learn(*keys.session_token);
  };
  learn(found);
  if (by_identity || settings_.role_arn.empty()) return found;
  DEPLOYCTL_TRY(Credentials assumed, assume_role(context,
                                                 {.arn = settings_.role_arn,
                                                  .session_name = settings_.session_name,
                                                  .external_id = settings_.external_id,
                                                  .told_as = found.source},
                                                 found));
  learn(assumed);
  return assumed;
}

Result<Credentials> CredentialChain::credentials(const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (known_ && is_fresh(*known_, wanted_before)) return *known_;
  if (failure_ && parts_.ports.clock.boot() - failed_at_ < failure_kept) return kept_or(*failure_);
  auto fresh = asked(stop);
  if (!fresh) {
    if (fresh.error().cause == Cause::cancelled) return fresh;
    failure_ = fresh.error();
    failed_at_ = parts_.ports.clock.boot();
    return kept_or(*failure_);
  }
  failure_.reset();
  known_ = *std::move(fresh);
  return *known_;
}

Result<Credentials> CredentialChain::kept_or(const Error& failure) const {
  if (known_ && is_fresh(*known_, needed_before)) return *known_;
  return fail(failure);
}

void CredentialChain::expired(const Credentials& credentials) {
  const std::lock_guard lock(mutex_);
  if (known_ && known_->access_key_id == credentials.access_key_id) known_.reset();
}

} // namespace deployctl::aws
