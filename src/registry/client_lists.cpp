#include <algorithm>
#include <functional>
#include <set>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "registry/client.hpp"
#include "registry/fault.hpp"
#include "registry/media_type.hpp"
#include "registry/quirks.hpp"

namespace deployctl::registry {
namespace {

constexpr int most_pages = 10'000;
constexpr std::size_t largest_page = 8U << 20;
constexpr int fallback_attempts = 5;

// The target of rel="next" of all Link headers, as given; empty: this was the last page.
std::string next_link(const HttpResponse& response) {
  const auto [first, last] = response.headers.equal_range("link");
  for (auto header = first; header != last; ++header) {
    const std::string& text = header->second;
    for (std::size_t open = text.find('<'); open != std::string::npos; open = text.find('<', open + 1)) {
      const std::size_t close = text.find('>', open);
      if (close == std::string::npos) break;
      const std::string parameters = to_lower(text.substr(close + 1, text.find('<', close) - close - 1));
      if (parameters.find("rel=\"next\"") != std::string::npos ||
          parameters.find("rel=next") != std::string::npos)
        return text.substr(open + 1, close - open - 1);
    }
  }
  return {};
}

Result<Value> document_of(const HttpResponse& response) {
  return parse_json(response.body, JsonMode::plain, {.bytes = largest_page, .depth = 16});
}

Descriptor referrer(const Manifest& manifest) {
  Descriptor descriptor = manifest.descriptor();
  descriptor.artifact_type = manifest.artifact_type;
  descriptor.annotations = manifest.annotations;
  return descriptor;
}

bool lists(const Manifest& index, const Digest& digest) {
  return std::ranges::find(index.manifests, digest, &Descriptor::digest) != index.manifests.end();
}

} // namespace

// Pages by the links that the registry gives, never by addresses of our own making.
Status Client::list(const Access& access, HttpRequest request,
                    const std::function<Status(const HttpResponse&)>& take, bool& found,
                    const std::stop_token& stop) {
  std::set<std::string> seen;
  request.response_limit = largest_page;
  for (int page = 0; page < most_pages; ++page) {
    DEPLOYCTL_TRY(const HttpResponse response, exchange_.send(access, request, Again::when_it_helps, stop));
    found = response.status != 404;
    if (!found && page == 0) return {};
    if (response.status != 200) return fail(exchange_.error(access, request, response, stop));
    DEPLOYCTL_CHECK(take(response));
    const std::string next = next_link(response);
    if (next.empty()) return {};
    DEPLOYCTL_TRY(const net::Url base, net::parse_url(exchange_.url(access, request.url)));
    DEPLOYCTL_TRY(const net::Url target, net::join(base, next));
    DEPLOYCTL_CHECK(check_detour(base, target));
    request.url = target.text();
    if (!seen.insert(request.url).second)
      return fail(Cause::conflict, fmt::format("'{}' lists the same page twice", access.repository.text()));
  }
  return fail(Cause::capacity,
              fmt::format("'{}' has more than {} pages", access.repository.text(), most_pages));
}

Result<std::vector<std::string>> Client::tags(const Access& access, const std::stop_token& stop) {
  std::vector<std::string> tags;
  bool found = false;
  const HttpRequest request{
      .operation = "list_tags",
      .url = fmt::format("/tags/list?n={}", quirks_of(access.repository.host).tags_per_page)};
  const auto take = [&](const HttpResponse& response) -> Status {
    DEPLOYCTL_TRY(const Value document, document_of(response));
    for (std::string& tag : texts_at(document, "tags")) tags.push_back(std::move(tag));
    return {};
  };
  DEPLOYCTL_CHECK(list(access, request, take, found, stop));
  return tags;
}

Result<std::vector<Descriptor>> Client::referrers(const Access& access, const Digest& digest,
                                                  const std::string& artifact_type,
                                                  const std::stop_token& stop) {
  std::vector<Descriptor> all;
  const auto add = [&](const Manifest& index) {
    for (const Descriptor& entry : index.manifests)
      if (artifact_type.empty() || entry.artifact_type == artifact_type) all.push_back(entry);
  };
  HostMemory& host = exchange_.memory(access);
  if (quirks_of(access.repository.host).referrers && !host.lacks_referrers()) {
    const std::string filter = artifact_type.empty() ? "" : "?artifactType=" + percent_encode(artifact_type);
    bool found = false;
    const auto take = [&](const HttpResponse& response) -> Status {
      DEPLOYCTL_TRY(const Manifest index, parse_manifest(response.body, media_type::oci_index));
      add(index);
      return {};
    };
    DEPLOYCTL_CHECK(list(access,
                         {.operation = "list_referrers", .url = "/referrers/" + digest.text() + filter}, take,
                         found, stop));
    if (found) return all;
    host.learn_no_referrers();
  }
  DEPLOYCTL_TRY(const auto fallback, find_manifest(access, fallback_tag(digest), stop));
  if (fallback && fallback->is_index()) add(*fallback);
  return all;
}

// Two who write at once may each lose the other's entry: it is read again behind every write.
Status Client::add_to_fallback(const Access& access, const Manifest& manifest, const std::stop_token& stop) {
  const std::string tag = fallback_tag(manifest.subject.digest);
  for (int attempt = 0; attempt < fallback_attempts; ++attempt) {
    DEPLOYCTL_TRY(const auto known, find_manifest(access, tag, stop));
    if (known && known->is_index() && lists(*known, manifest.digest)) return {};
    std::vector<Descriptor> entries =
        known && known->is_index() ? known->manifests : std::vector<Descriptor>{};
    entries.push_back(referrer(manifest));
    DEPLOYCTL_TRY(const Manifest index, make_index(entries));
    DEPLOYCTL_CHECK(put_manifest(access, index, tag, stop));
  }
  DEPLOYCTL_TRY(const auto last, find_manifest(access, tag, stop));
  if (last && last->is_index() && lists(*last, manifest.digest)) return {};
  return fail(Cause::conflict,
              fmt::format("the list of referrers '{}' is written by somebody else as well", tag));
}

} // namespace deployctl::registry
