// Dates in HTTP headers as points in time. Not for records: those are base/time.hpp.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace deployctl::net {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7; the two obsolete forms are not written by anyone).
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

} // namespace deployctl::net
