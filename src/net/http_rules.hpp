// What a request must be before it is sent: the rules that need no network. Pure.
#pragma once

#include <deployctl/ports/http.hpp>

#include "net/url.hpp"

namespace deployctl::net {

// The parsed URL, or Cause::config: bad method or header, a secret that would travel unencrypted to another
// machine.
Result<Url> check_request(const HttpRequest& request);

// What goes out for it; a secret must be resolved.
std::string_view bytes_of(const Text& text);

// Methods that may be sent twice (RFC 9110 section 9.2.2).
bool is_idempotent(std::string_view method);

} // namespace deployctl::net
