#include "registry/reference.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "net/url.hpp"

namespace deployctl::registry {
namespace {

constexpr std::string_view hub = "docker.io";
constexpr std::array<std::string_view, 3> hub_hosts = {"docker.io", "index.docker.io",
                                                       "registry-1.docker.io"};
constexpr std::string_view hub_api = "registry-1.docker.io";
constexpr std::size_t longest_repository = 255; // host and name together
constexpr std::size_t longest_tag = 128;

bool is_lower_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Letters and digits, with '.', '_', "__" or any number of '-' between them.
bool is_path_component(std::string_view text) {
  if (text.empty() || !is_lower_or_digit(text.front()) || !is_lower_or_digit(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    if (is_lower_or_digit(text[i])) {
      ++i;
      continue;
    }
    const auto end = std::min(text.find_first_not_of(text[i], i), text.size());
    const std::size_t most = text[i] == '-' ? text.size() : text[i] == '_' ? 2 : text[i] == '.' ? 1 : 0;
    if (end - i > most || !is_lower_or_digit(text[end])) return false;
    i = end;
  }
  return true;
}

Status check_name(std::string_view name) {
  const auto parts = split(name, '/');
  if (std::ranges::all_of(parts, is_path_component)) return {};
  const bool upper = to_lower(name) != name;
  return fail(
      Cause::config, fmt::format("'{}' is not the name of a repository", name),
      upper ? "letters are lower case"
            : "lower-case letters and digits with '.', '_', '__' or '-' between them, parts between '/'");
}

// The host before the first '/', if it is one; otherwise nothing.
std::string_view host_part(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string_view first = text.substr(0, slash);
  const bool host = first.find_first_of(".:[") != std::string_view::npos || to_lower(first) == "localhost";
  return host ? first : std::string_view();
}

// Cuts the tag off: what stands behind the last ':' of the last part.
std::string_view cut_tag(std::string_view& text) {
  const auto colon = text.rfind(':');
  const auto slash = text.rfind('/');
  if (colon == std::string_view::npos || (slash != std::string_view::npos && colon < slash)) return {};
  const std::string_view tag = text.substr(colon + 1);
  text = text.substr(0, colon);
  return tag;
}

tl::unexpected<Error> no_reference(std::string_view text) {
  return fail(Cause::config, fmt::format("'{}' is not a reference to an image", text),
              "as in registry.example.com/team/app:1.2");
}

} // namespace

std::string Reference::text() const {
  return repository.text() + (tag.empty() ? "" : ":" + tag) + (digest.empty() ? "" : "@" + digest.text());
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= longest_tag && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

Result<std::string> parse_host(std::string_view text) {
  std::string_view bare = text;
  for (const std::string_view scheme : {"https://", "http://"})
    if (bare.starts_with(scheme)) bare.remove_prefix(scheme.size());
  bare = bare.substr(0, bare.find('/'));
  const auto url = net::parse_url("https://" + std::string(bare));
  if (bare.empty() || !url || bare.find_first_of("?#@%") != std::string_view::npos)
    return fail(Cause::config, fmt::format("'{}' is not the host of a registry", text),
                "as in registry.example.com or localhost:5000");
  const std::string host = to_lower(bare);
  return std::ranges::find(hub_hosts, host) != hub_hosts.end() ? std::string(hub) : host;
}

Result<Repository> parse_repository(std::string_view text) {
  const std::string_view written = host_part(text);
  Repository repository{.host = std::string(hub), .name = std::string(text)};
  if (!written.empty()) {
    DEPLOYCTL_TRY(repository.host, parse_host(written));
    repository.name = text.substr(written.size() + 1);
  }
  if (repository.host == hub && repository.name.find('/') == std::string::npos)
    repository.name = "library/" + repository.name;
  DEPLOYCTL_CHECK(check_name(repository.name));
  if (repository.text().size() > longest_repository)
    return fail(Cause::config, fmt::format("the name of a repository has {} bytes, at most {} are allowed",
                                           repository.text().size(), longest_repository));
  return repository;
}

Result<Reference> parse_reference(std::string_view text) {
  Reference reference;
  std::string_view rest = text;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    DEPLOYCTL_TRY(reference.digest, Digest::parse(text.substr(at + 1)));
    rest = text.substr(0, at);
  }
  const bool ends_in_colon = rest.ends_with(':');
  const std::string_view tag = cut_tag(rest);
  if (ends_in_colon || rest.empty()) return no_reference(text);
  if (!tag.empty() && !is_tag(tag))
    return fail(Cause::config, fmt::format("'{}' is not a tag", tag),
                "at most 128 letters, digits, '.', '_' and '-', and neither '.' nor '-' first");
  reference.tag = tag.empty() && reference.digest.empty() ? "latest" : std::string(tag);
  DEPLOYCTL_TRY(reference.repository, parse_repository(rest));
  return reference;
}

std::string api_host(const std::string& host) {
  return host == hub ? std::string(hub_api) : host;
}

bool is_loopback_host(const std::string& host) {
  const auto url = net::parse_url("https://" + host);
  return url && url->is_loopback();
}

} // namespace deployctl::registry
