#include "os/hardening.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

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

Status ensure_standard_streams() {
  for (int number = STDIN_FILENO; number <= STDERR_FILENO; ++number) {
    if (::fcntl(number, F_GETFD) >= 0) continue;
    // The lowest free number is the missing one, because those below it are open by now.
    if (::open("/dev/null", O_RDWR) != number) return fail(system_error("cannot open", "/dev/null", errno));
  }
  return {};
}

} // namespace deployctl::os
