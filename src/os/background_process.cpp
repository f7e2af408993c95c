#include "os/background_process.hpp"

#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/files.hpp"

namespace deployctl::os {
namespace {

constexpr int signal_base = 128;

} // namespace

Result<BackgroundProcess> BackgroundProcess::start(const std::vector<std::string>& argv,
                                                   const Environment& environment,
                                                   const SpawnStreams& streams) {
  ChildEnvironment variables;
  for (const auto& entry : environment) {
    // Names that no shell could set ("BASH_FUNC_x%%") are not passed on.
    (void)variables.set(entry.first, Text(entry.second));
  }
  const ChildRequest request{.argv = argv,
                             .environment = variables,
                             .directory = "/",
                             .input = {},
                             .timeout = {},
                             .grace = {},
                             .capture_limit = 0};
  DEPLOYCTL_TRY(const pid_t pid, spawn(request, streams));
  return BackgroundProcess(pid, Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
}

BackgroundProcess::BackgroundProcess(BackgroundProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), end_(std::move(other.end_)), exit_code_(other.exit_code_) {}

BackgroundProcess& BackgroundProcess::operator=(BackgroundProcess&& other) noexcept {
  std::swap(pid_, other.pid_); // the other one ends ours
  std::swap(end_, other.end_);
  std::swap(exit_code_, other.exit_code_);
  return *this;
}

BackgroundProcess::~BackgroundProcess() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> BackgroundProcess::exit_code() {
  siginfo_t info{};
  if (exit_code_ || pid_ < 0) return exit_code_;
  // Without reaping it, so that the number stays ours.
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
      info.si_pid == pid_)
    exit_code_ = info.si_code == CLD_EXITED ? info.si_status : signal_base + info.si_status;
  return exit_code_;
}

void BackgroundProcess::signal(int number) const {
  if (pid_ > 0) ::kill(-pid_, number);
}

Result<Descriptor> open_null() {
  Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.is_open()) return fail(system_error("cannot open", "/dev/null", errno));
  return null;
}

} // namespace deployctl::os
