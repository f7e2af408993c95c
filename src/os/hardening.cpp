#include "os/hardening.hpp"

#include <cerrno>

#include <sys/prctl.h>
#include <sys/resource.h>

#include "os/files.hpp"

namespace deployctl::os {

Status forbid_core_dumps() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0)
    return fail(system_error("cannot set the limit of", "core files", errno));
  if (::prctl(PR_SET_DUMPABLE, 0) != 0)
    return fail(system_error("cannot make undumpable", "this process", errno));
  return {};
}

} // namespace deployctl::os
