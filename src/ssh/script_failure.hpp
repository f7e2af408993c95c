// What a script on a host meant when it did not end with 0: the status and words of our own scripts, and what
// the system's tools say in the C locale.
#pragma once

#include <optional>
#include <string_view>

#include <deployctl/error.hpp>
#include <deployctl/ports/hosts.hpp>

namespace deployctl::ssh {

// `what` begins the message: "cannot switch '/srv/web' on 'web-1'". Our scripts end with one of the statuses
// 71 (config), 72 (conflict), 73 (capacity), 74 (not found), 75 (failed) and a line "deployctl: REASON".
Error script_failure(std::string_view what, const HostResult& result);

// What the system's tools said, sudo among them; none when it is nothing known.
std::optional<Cause> cause_of_words(std::string_view said);

} // namespace deployctl::ssh
