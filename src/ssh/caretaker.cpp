#include "ssh/caretaker.hpp"

#include <unistd.h>

#include <fmt/core.h>

#include "base/system_clock.hpp"
#include "os/bounded_wait.hpp"

namespace deployctl::ssh {
namespace {

// "+12" adds a group, "-12" takes it out. dash knows no `kill -- -12`.
constexpr const char* script = R"(
groups=' '
while read -r order; do
  group=${order#?}
  case $order in
  +*) groups="$groups$group " ;;
  -*) groups="${groups%% $group *} ${groups#* $group }" ;;
  esac
done
rm -rf -- "$1"
for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
)";

} // namespace

Result<std::unique_ptr<Caretaker>> Caretaker::start(const std::string& directory,
                                                    const os::Environment& environment) {
  DEPLOYCTL_TRY(os::Pipe pipe, os::open_pipe());
  DEPLOYCTL_TRY(const os::Descriptor null, os::open_null());
  DEPLOYCTL_TRY(os::BackgroundProcess shell,
                os::BackgroundProcess::start({"/bin/sh", "-c", script, "deployctl-ssh-caretaker", directory},
                                             environment,
                                             {.in = pipe.read.get(), .out = null.get(), .err = null.get()}));
  return std::unique_ptr<Caretaker>(new Caretaker(std::move(shell), std::move(pipe.write)));
}

Caretaker::~Caretaker() {
  constexpr Milliseconds patience{2'000};
  orders_.close();
  const SystemClock clock;
  os::BoundedWait wait(clock, patience, {}, "the end of the caretaker");
  (void)wait.readable(shell_.end_descriptor()); // beyond that it is ended by force
}

void Caretaker::watch(pid_t group) {
  order('+', group);
}

void Caretaker::forget(pid_t group) {
  order('-', group);
}

void Caretaker::order(char sign, pid_t group) {
  const std::string line = fmt::format("{}{}\n", sign, group);
  const std::scoped_lock lock(mutex_);
  // Shorter than a pipe takes at once. Fails only when the shell was killed, and then nobody can be told.
  (void)!::write(orders_.get(), line.data(), line.size());
}

} // namespace deployctl::ssh
