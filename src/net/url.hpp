// http and https URLs as values (RFC 3986), strict: no user information, no control characters, no spaces,
// ports in range. Not for references of other schemes (secrets, registries have their own).
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::net {

struct Url {
  std::string scheme;     // "http" or "https"
  std::string host;       // lower case; an IPv6 address without its brackets
  int port = 0;           // 0: the scheme's own
  std::string path = "/"; // begins with '/'; percent-encoded, as written
  std::string query;      // without '?'; percent-encoded, as written

  [[nodiscard]] int effective_port() const; // 80 or 443 when `port` is 0
  [[nodiscard]] std::string origin() const; // "https://example.com:8443"; a default port is left out
  [[nodiscard]] std::string text() const;   // no fragment: it is never sent
  [[nodiscard]] bool is_loopback() const;   // localhost and below, 127.0.0.0/8, ::1

  friend bool operator==(const Url&, const Url&) = default;
};

// At most 8192 bytes. Cause::config.
Result<Url> parse_url(std::string_view text);
// What `reference` means on the page `base` (RFC 3986 section 5.2): absolute, "//host/x", "/x", "x", "?q",
// "".
Result<Url> join(const Url& base, std::string_view reference);

} // namespace deployctl::net
