// Keeps secrets of this process out of core dumps and from other processes of the same user.
#pragma once

#include <deployctl/result.hpp>

namespace deployctl::os {

// RLIMIT_CORE 0 and PR_SET_DUMPABLE 0: no core file, no ptrace by the same user. Call early in main.
Status forbid_core_dumps();

} // namespace deployctl::os
