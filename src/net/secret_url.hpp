// Addresses that are credentials (those of incoming webhooks): put into a request at the last moment.
#pragma once

#include <deployctl/ports/http.hpp>
#include <deployctl/result.hpp>
#include <deployctl/text.hpp>

namespace deployctl::net {

// The request at that address. Cause::config, without a word of the address, when it is no http or https URL.
Result<HttpRequest> addressed(HttpRequest request, const Text& url);

} // namespace deployctl::net
