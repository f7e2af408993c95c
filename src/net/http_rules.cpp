#include "net/http_rules.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "net/proxies.hpp"

namespace deployctl::net {
namespace {

constexpr std::array<std::string_view, 6> idempotent = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};

// RFC 9110 section 5.6.2
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

Status check_header(const std::string& name, const Text& value) {
  if (!is_token(name)) return fail(Cause::config, fmt::format("'{}' is not the name of a header", name));
  if (value.secret() && !value.secret()->is_resolved())
    return fail(Cause::internal, fmt::format("header '{}' holds an unresolved secret", name));
  if (bytes_of(value).find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return fail(Cause::config, fmt::format("the value of header '{}' holds a line break", name),
                "a secret read from a file often ends with one: trim it");
  return {};
}

bool carries_secret(const HttpRequest& request) {
  return request.body.secret() || std::ranges::any_of(request.headers, [](const auto& header) {
           return header.second.secret() != nullptr;
         });
}

} // namespace

std::string_view bytes_of(const Text& text) {
  return text.plain() ? std::string_view(*text.plain()) : text.secret()->reveal();
}

Result<Url> check_request(const HttpRequest& request) {
  if (!is_token(request.method))
    return fail(Cause::config, fmt::format("'{}' is not a method", request.method));
  DEPLOYCTL_TRY(Url url, parse_url(request.url));
  for (const auto& [name, value] : request.headers) DEPLOYCTL_CHECK(check_header(name, value));
  if (request.body.secret() && !request.body.secret()->is_resolved())
    return fail(Cause::internal, "the body holds an unresolved secret");
  const bool stays_here = url.is_loopback() || is_link_local(url) || !request.unix_socket.empty();
  if (url.scheme == "http" && !stays_here && carries_secret(request))
    return fail(Cause::config, fmt::format("a secret would travel unencrypted to '{}'", url.host),
                "use an https URL");
  return url;
}

bool is_idempotent(std::string_view method) {
  return std::ranges::find(idempotent, method) != idempotent.end();
}

} // namespace deployctl::net
