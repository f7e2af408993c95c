// gcp-sm://project/name[/version]
#include <fmt/core.h>

#include "base/crc32c.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/gcp/credentials.hpp"
#include "secrets/cloud_access.hpp"
#include "secrets/whole_store.hpp"

namespace deployctl::secrets {
namespace {

// "projects/1/secrets/s/versions/5" is 5.
std::string number_in(const Value& answer) {
  const std::string name = cloud::text_at(answer, "name");
  return name.substr(name.rfind('/') + 1);
}

class GoogleStore final : public WholeStore {
public:
  explicit GoogleStore(const StoreSetup& setup) : access_(setup, gcp::read_settings, gcp::access_token) {}

private:
  Result<cloud::Question> question(const SecretReference& reference, const std::string& verb) {
    DEPLOYCTL_TRY(const gcp::Settings* settings, access_.settings());
    const auto parts = split(reference.source, '/');
    const std::string& location = settings->location;
    const std::string host = location.empty()
                                 ? "https://secretmanager.googleapis.com"
                                 : fmt::format("https://secretmanager.{}.rep.googleapis.com", location);
    cloud::Question asked{
        .name = fmt::format("google: {} of '{}'", verb.empty() ? "version" : "value", parts[1])};
    asked.request = {
        .operation = "secrets.google",
        .url = fmt::format("{}/v1/projects/{}{}/secrets/{}/versions/{}{}", host, percent_encode(parts[0]),
                           location.empty() ? "" : "/locations/" + location, percent_encode(parts[1]),
                           parts.size() > 2 ? percent_encode(parts[2]) : "latest", verb)};
    return asked;
  }

  Result<std::optional<std::string>> ask_version(const SecretReference& reference,
                                                 const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const cloud::Question asked, question(reference, ""));
    DEPLOYCTL_TRY(const cloud::Answer answer, access_.exchange(asked, stop));
    if (answer.status == 403) return std::nullopt;
    if (!answer.is_good()) return fail(told(asked, answer));
    const std::string state = cloud::text_at(*answer.body, "state");
    if (state != "ENABLED")
      return fail(Cause::not_found,
                  fmt::format("its version {} is {}", number_in(*answer.body), to_lower(state)));
    return number_in(*answer.body);
  }

  Result<StoredValue> ask_value(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const cloud::Question asked, question(reference, ":access"));
    DEPLOYCTL_TRY(const cloud::Answer answer, access_.exchange(asked, stop));
    if (!answer.is_good()) return fail(told(asked, answer));
    DEPLOYCTL_TRY(std::string decoded, from_base64(*Wiped(cloud::text_at(*answer.body, "payload.data"))));
    const Wiped bytes(std::move(decoded));
    const auto sum = cloud::number_at(*answer.body, "payload.dataCrc32c");
    if (sum && *sum != static_cast<std::int64_t>(crc32c(*bytes)))
      return fail(Cause::network, fmt::format("{}: the value was damaged on its way", asked.name));
    return StoredValue{.bytes = std::make_shared<const SecretBytes>(*bytes),
                       .version = number_in(*answer.body)};
  }

  static Error told(const cloud::Question& asked, const cloud::Answer& answer) {
    Error error = cloud::refusal(asked, answer);
    if (error.cause == Cause::permission)
      error.help = "grant roles/secretmanager.secretAccessor on the secret";
    return error;
  }

  CloudAccess<gcp::Settings> access_;
};

} // namespace

std::unique_ptr<Store> make_google(const StoreSetup& setup) {
  return std::make_unique<GoogleStore>(setup);
}

} // namespace deployctl::secrets
