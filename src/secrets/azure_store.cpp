// azure-kv://vault/name
#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "cloud/azure/credentials.hpp"
#include "net/url.hpp"
#include "secrets/cloud_access.hpp"
#include "secrets/whole_store.hpp"

namespace deployctl::secrets {
namespace {

constexpr int most_pages = 100;
constexpr std::string_view api = "api-version=7.4";

// "https://kodex.vault.azure.net/secrets/db/0123…" is 0123….

struct Place {
  std::string origin; // "https://kodex.vault.azure.net"
  std::string name;
};

struct Newest {
  std::string id;
  std::int64_t created = -1;
  bool is_enabled = true;
  bool is_alone = true; // none was made in the same second
};

void look_at(const Value& page, Newest& newest) {
  const Value* list = page.find("value");
  if (!list || !list->list()) return;
  for (const Value& one : *list->list()) {
    const std::int64_t created = cloud::number_at(one, "attributes.created").value_or(0);
    if (created == newest.created) newest.is_alone = false;
    if (created <= newest.created) continue;
    const Value* enabled = one.find_path("attributes.enabled");
    newest = {.id = last_part(cloud::text_at(one, "id")), .created = created};
    newest.is_enabled = !enabled || !enabled->get<bool>() || *enabled->get<bool>();
  }
}

Result<cloud::Token> vault_token(const cloud::Parts& parts, const azure::Settings& settings,
                                 const std::stop_token& stop) {
  return azure::access_token(parts, settings, fmt::format("https://{}", settings.region->vault_suffix), stop);
}

class AzureStore final : public WholeStore {
public:
  explicit AzureStore(const StoreSetup& setup) : access_(setup, azure::read_settings, vault_token) {}

private:
  // Letters, digits and dashes only: nothing else can lead the token to another host.
  Result<Place> place_of(const SecretReference& reference) {
    const auto parts = split(reference.source, '/');
    for (const std::string_view part : parts)
      if (!std::ranges::all_of(part, [](char c) { return is_letter_or_digit(c) || c == '-'; }))
        return fail(Cause::config, fmt::format("'{}' has more than letters, digits and dashes", part));
    DEPLOYCTL_TRY(const azure::Settings* settings, access_.settings());
    return Place{.origin = fmt::format("https://{}.{}", to_lower(parts[0]), settings->region->vault_suffix),
                 .name = std::string(parts[1])};
  }

  static cloud::Question question(const std::string& what, const Place& place, std::string url) {
    cloud::Question asked{.name = fmt::format("azure: {} of '{}'", what, place.name)};
    asked.request = {.operation = "secrets.azure", .url = std::move(url)};
    return asked;
  }

  // The versions are listed without values, in no order that is promised.
  Result<std::optional<std::string>> ask_version(const SecretReference& reference,
                                                 const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const Place place, place_of(reference));
    std::string url = fmt::format("{}/secrets/{}/versions?{}", place.origin, place.name, api);
    Newest newest;
    for (int page = 0; !url.empty(); ++page) {
      if (page == most_pages) return std::nullopt;
      const cloud::Question asked = question("versions", place, url);
      DEPLOYCTL_TRY(const cloud::Answer answer, access_.exchange(asked, stop));
      if (answer.status == 403) return std::nullopt;
      if (!answer.is_good()) return fail(told(asked, answer, place));
      look_at(*answer.body, newest);
      url = cloud::text_at(*answer.body, "nextLink");
      const auto next = net::parse_url(url);
      if (!url.empty() && (!next || next->origin() != place.origin))
        return fail(Cause::config, fmt::format("the list of versions goes on outside of {}", place.origin));
    }
    if (newest.id.empty()) return fail(Cause::not_found, fmt::format("{} has no such secret", place.origin));
    if (!newest.is_alone) return std::nullopt;
    if (!newest.is_enabled)
      return fail(Cause::not_found, fmt::format("its newest version, {}, is disabled", newest.id));
    return newest.id;
  }

  Result<StoredValue> ask_value(const SecretReference& reference, const std::stop_token& stop) override {
    DEPLOYCTL_TRY(const Place place, place_of(reference));
    const cloud::Question asked =
        question("value", place, fmt::format("{}/secrets/{}?{}", place.origin, place.name, api));
    DEPLOYCTL_TRY(const cloud::Answer answer, access_.exchange(asked, stop));
    if (!answer.is_good()) return fail(told(asked, answer, place));
    const Value* value = answer.body->find("value");
    return StoredValue{.bytes = std::make_shared<const SecretBytes>(
                           value && value->text() ? std::string_view(*value->text()) : std::string_view()),
                       .version = last_part(cloud::text_at(*answer.body, "id"))};
  }

  static Error told(const cloud::Question& asked, const cloud::Answer& answer, const Place& place) {
    Error error = cloud::refusal(asked, answer);
    if (error.cause == Cause::permission) error.help = "assign the role Key Vault Secrets User for the vault";
    if (error.cause == Cause::not_found)
      error.message = fmt::format("{} has no secret '{}'", place.origin, place.name);
    return error;
  }

  CloudAccess<azure::Settings> access_;
};

} // namespace

std::unique_ptr<Store> make_azure(const StoreSetup& setup) {
  return std::make_unique<AzureStore>(setup);
}

} // namespace deployctl::secrets
