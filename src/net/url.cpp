#include "net/url.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/port.hpp"
#include "base/strings.hpp"

namespace deployctl::net {
namespace {

constexpr std::size_t longest_url = 8192;

tl::unexpected<Error> not_a_url(std::string_view text, std::string_view why) {
  return fail(Cause::config, fmt::format("'{}' is not a URL that can be used: {}", text.substr(0, 200), why));
}

bool is_host_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || c == '.' || c == '-' || c == '_';
}

bool is_address6_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || c == ':' || c == '.';
}

struct Authority {
  std::string host;
  int port = 0;
};

Result<int> port_of(std::string_view text) {
  if (const std::optional<int> port = parse_port(text)) return *port;
  return fail(Cause::config, fmt::format("port '{}' is not between 1 and {}", text, last_port));
}

// "host", "host:80", "[::1]", "[::1]:80"
Result<Authority> parse_authority(std::string_view text) {
  if (text.find('@') != std::string_view::npos)
    return fail(Cause::config, "user information has no place in a URL",
                "send credentials in a header, from a secret");
  Authority authority;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail(Cause::config, "'[' without ']'");
    authority.host = to_lower(text.substr(1, close - 1));
    rest = text.substr(close + 1);
    if (authority.host.find(':') == std::string::npos ||
        !std::ranges::all_of(authority.host, is_address6_character))
      return fail(Cause::config, fmt::format("'{}' is not an IPv6 address", authority.host));
  } else {
    const auto colon = text.find(':');
    authority.host = to_lower(text.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    if (authority.host.empty()) return fail(Cause::config, "there is no host");
    if (!std::ranges::all_of(authority.host, is_host_character) || authority.host.front() == '-')
      return fail(Cause::config, fmt::format("'{}' is not a host name", authority.host));
  }
  if (rest.empty()) return authority;
  if (rest.front() != ':') return fail(Cause::config, fmt::format("unexpected '{}' behind the host", rest));
  DEPLOYCTL_TRY(authority.port, port_of(rest.substr(1)));
  return authority;
}

std::string_view scheme_of(std::string_view text) {
  for (const std::string_view scheme : {"http", "https"})
    if (text.size() > scheme.size() + 2 && equal_ignoring_case(text.substr(0, scheme.size()), scheme) &&
        text.substr(scheme.size(), 3) == "://")
      return scheme;
  return {};
}

// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = split(path, '/');
  for (std::size_t i = 1; i < segments.size(); ++i) {
    const bool last = i + 1 == segments.size();
    if (segments[i] == "." || segments[i] == "..") {
      if (segments[i] == ".." && !kept.empty()) kept.pop_back();
      if (last) kept.emplace_back();
    } else {
      kept.push_back(segments[i]);
    }
  }
  std::string result;
  for (const std::string_view segment : kept) result.append("/").append(segment);
  return result.empty() ? "/" : result;
}

void take_path_and_query(Url& url, std::string_view text) {
  text = text.substr(0, text.find('#'));
  const auto question = text.find('?');
  url.path = std::string(text.substr(0, question));
  url.query = question == std::string_view::npos ? "" : std::string(text.substr(question + 1));
  if (url.path.empty()) url.path = "/";
}

bool has_forbidden_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7f || std::string_view("<>\"\\^`{|}").find(c) != std::string_view::npos;
  });
}

} // namespace

int Url::effective_port() const {
  return port ? port : scheme == "https" ? 443 : 80;
}

std::string Url::origin() const {
  const bool is_default = port == 0 || port == (scheme == "https" ? 443 : 80);
  const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return scheme + "://" + shown + (is_default ? "" : ':' + std::to_string(port));
}

std::string Url::text() const {
  return origin() + path + (query.empty() ? "" : '?' + query);
}

bool Url::is_loopback() const {
  if (host == "localhost" || host.ends_with(".localhost") || host == "::1") return true;
  const auto parts = split(host, '.');
  return parts.size() == 4 && parts[0] == "127" && std::ranges::all_of(parts, [](std::string_view part) {
           return !part.empty() && part.size() <= 3 &&
                  std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
         });
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > longest_url) return not_a_url(text, fmt::format("it has over {} bytes", longest_url));
  if (has_forbidden_character(text))
    return not_a_url(text, "it holds a character that must be percent-encoded");
  Url url;
  url.scheme = scheme_of(text);
  if (url.scheme.empty()) return not_a_url(text, "it does not begin with http:// or https://");
  const std::string_view rest = text.substr(url.scheme.size() + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = parse_authority(rest.substr(0, end));
  if (!authority) {
    Error error = std::move(authority).error();
    error.message = fmt::format("'{}' is not a URL that can be used: {}", text.substr(0, 200), error.message);
    return fail(std::move(error));
  }
  url.host = std::move(authority->host);
  url.port = authority->port;
  take_path_and_query(url, rest.substr(end));
  return url;
}

Result<Url> join(const Url& base, std::string_view reference) {
  if (!scheme_of(reference).empty()) return parse_url(reference);
  if (reference.starts_with("//")) return parse_url(base.scheme + ':' + std::string(reference));
  if (has_forbidden_character(reference))
    return not_a_url(reference, "it holds a character that must be percent-encoded");
  if (reference.empty() || reference.starts_with('#')) return base;
  const auto scheme_end = reference.find_first_of(":/?#");
  if (scheme_end != std::string_view::npos && reference[scheme_end] == ':')
    return not_a_url(reference, "only http and https are known");
  Url url = base;
  if (reference.starts_with('?')) {
    url.query = std::string(reference.substr(1, reference.find('#') - 1));
    return url;
  }
  take_path_and_query(url, reference);
  if (!reference.starts_with('/')) url.path = base.path.substr(0, base.path.rfind('/') + 1) + url.path;
  url.path = remove_dot_segments(url.path);
  return url;
}

} // namespace deployctl::net
