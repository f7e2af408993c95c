// doppler://project/config/NAME
#include <algorithm>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/identity.hpp"
#include "secrets/cloud_access.hpp"

namespace deployctl::secrets {
namespace {

struct Name {
  std::string config; // "project/config"
  std::string name;
};

Name name_in(const SecretReference& reference) {
  const std::size_t slash = reference.source.rfind('/');
  return {.config = reference.source.substr(0, slash), .name = reference.source.substr(slash + 1)};
}

struct Settings {
  std::string address;
  std::optional<Secret> token; // a service token
  cloud::Identity identity;    // else: of this job
  std::string identity_id;     // that trusts it
};

Settings read_settings(const cloud::Written& written) {
  Settings settings{
      .address = written.text("endpoint_url"),
      .token = {},
      .identity = {.from = written.text("identity"), .file = "", .audience = written.text("audience")},
      .identity_id = written.text("identity_id")};
  if (settings.address.empty()) settings.address = "https://api.doppler.com";
  if (settings.identity.from.empty()) settings.token = written.secret("token", {"DOPPLER_TOKEN"});
  return settings;
}

Result<cloud::Token> log_in(const cloud::Parts& parts, const Settings& settings,
                            const std::stop_token& stop) {
  DEPLOYCTL_TRY(const Secret identity, cloud::identity_token(parts, settings.identity, stop));
  cloud::Question asked{.name = "doppler: login"};
  asked.request = {
      .operation = "secrets.doppler", .method = "POST", .url = settings.address + "/v3/auth/oidc"};
  asked.request.headers = {{"Content-Type", "application/json"}};
  DEPLOYCTL_TRY(asked.request.body,
                json_body(Value::Map{{"identity", settings.identity_id}, {"token", identity}}));
  DEPLOYCTL_TRY(const WipedValue answer, cloud::ask(parts, asked, stop));
  const Wiped text(cloud::text_at(*answer, "token"));
  if (text->empty()) return fail(Cause::auth, "doppler: login was answered without a token");
  cloud::Token made{.value = Secret::reference("doppler.token").resolved_with(*text), .expires = {}};
  if (const auto expires = parse_time(cloud::text_at(*answer, "expires_at"))) made.expires = *expires;
  return made;
}

Result<cloud::Token> access_token(const cloud::Parts& parts, const Settings& settings,
                                  const std::stop_token& stop) {
  if (settings.token) return cloud::Token{.value = *settings.token, .expires = {}};
  if (!settings.identity.from.empty()) return log_in(parts, settings, stop);
  return fail(Cause::auth, "there is no token for Doppler",
              "set DOPPLER_TOKEN, or write `token` under `providers`");
}

using Kept = std::shared_ptr<const WipedValue>;

// Values come computed, and without a version of their own: the fingerprint stands for one.
class DopplerStore final : public Store {
public:
  explicit DopplerStore(StoreSetup setup)
      : access_(setup, read_settings, access_token), references_(std::move(setup.references)) {}

  Result<std::string> version(const SecretReference&, const std::stop_token&) override { return ""; }

  Result<StoredValue> read(const SecretReference& reference, const std::stop_token& stop) override {
    const Name wanted = name_in(reference);
    DEPLOYCTL_TRY(const Kept together,
                  values_.get(wanted.config, [&] { return ask(wanted, names_of(wanted), stop); }));
    Kept kept = together;
    // One that was not known of when the others were read.
    if (!(*kept)->find(wanted.name)) {
      DEPLOYCTL_TRY(kept, values_.get(reference.source, [&] { return ask(wanted, wanted.name, stop); }));
    }
    const Value* found = (*kept)->find(wanted.name);
    if (!found || !found->text())
      return fail(Cause::not_found, fmt::format("the config '{}' has no '{}'", wanted.config, wanted.name));
    return StoredValue{.bytes = std::make_shared<const SecretBytes>(*found->text()), .version = ""};
  }

private:
  // All that the pipeline reads of that config.
  [[nodiscard]] std::string names_of(const Name& wanted) const {
    std::set<std::string> names = {wanted.name};
    for (const SecretReference& reference : references_)
      if (const Name other = name_in(reference); other.config == wanted.config) names.insert(other.name);
    return join({names.begin(), names.end()}, ",");
  }

  Result<Kept> ask(const Name& wanted, const std::string& names, const std::stop_token& stop) {
    const auto parts = split(wanted.config, '/');
    DEPLOYCTL_TRY(const Settings* settings, access_.settings());
    cloud::Question asked{.name = fmt::format("doppler: secrets of '{}'", wanted.config)};
    asked.request = {.operation = "secrets.doppler",
                     .url =
                         fmt::format("{}/v3/configs/config/secrets/download?format=json&project={}&config={}"
                                     "&include_dynamic_secrets=false&secrets={}",
                                     settings->address, percent_encode(parts[0]), percent_encode(parts[1]),
                                     percent_encode(names)),
                     .headers = {{"Accept", "application/json"}}};
    DEPLOYCTL_TRY(WipedValue answer, access_.ask(asked, stop));
    return std::make_shared<const WipedValue>(std::move(answer));
  }

  CloudAccess<Settings> access_;
  std::vector<SecretReference> references_;
  ReadOnce<Kept> values_; // by config, or by the whole source
};

} // namespace

std::unique_ptr<Store> make_doppler(const StoreSetup& setup) {
  return std::make_unique<DopplerStore>(setup);
}

} // namespace deployctl::secrets
