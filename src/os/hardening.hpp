// What main does before anything else, so that secrets stay in this process and descriptors are what they
// seem.
#pragma once

#include <deployctl/result.hpp>

namespace deployctl::os {

// RLIMIT_CORE 0 and PR_SET_DUMPABLE 0: no core file, no ptrace by the same user. Call early in main.
Status forbid_core_dumps();

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed; otherwise the next file would become
// one of them.
Status ensure_standard_streams();

} // namespace deployctl::os
