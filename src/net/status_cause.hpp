// What an HTTP status says about why a request failed. Not for services that say it in their bodies only.
#pragma once

#include <deployctl/error.hpp>

namespace deployctl::net {

// RFC 9110 section 15 and RFC 6585 section 4: of 5xx that the network or the server may do better later, of
// others that are not listed that we asked wrongly (config).
Cause cause_of_status(int status);

} // namespace deployctl::net
