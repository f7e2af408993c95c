// What a leashed command does on the host before its script begins: it is admitted by the fence of its stack,
// and ends what an earlier attempt at the same left running there. Shell text for the lead of
// ssh/leash_text.hpp; pure.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::ssh {

struct Fence;

// Defines `admit` and `replace`; both use the lead's `d` (the command's folder) and `g` (the grace, seconds),
// say on descriptor 4 why they refuse, and return 1 then.
std::string admission(const Fence* fence, std::string_view claim);

} // namespace deployctl::ssh
