#include "ssh/process_shell.hpp"

#include <csignal>
#include <filesystem>

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/strings.hpp"
#include "os/spawn.hpp"

namespace deployctl::tests {
namespace {

class ProcessSession final : public ssh::RemoteSession {
public:
  ProcessSession(pid_t pid, ssh::Streams streams)
      : pid_(pid), streams_(std::move(streams)), end_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  ~ProcessSession() override {
    streams_ = {}; // what is left over there sees the end of its input
    pollfd ended{.fd = end_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&ended, 1, 20'000) != 1) ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ssh::Streams& streams() override { return streams_; }
  int end_descriptor() override { return end_.get(); }
  Result<ssh::SessionEnd> wait(std::stop_token) override {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    if (info.si_code == CLD_EXITED)
      return ssh::SessionEnd{.how = ssh::SessionEnd::How::exited, .exit_code = info.si_status, .cause = {}};
    return ssh::SessionEnd{.how = ssh::SessionEnd::How::killed, .exit_code = 0, .cause = {}};
  }

private:
  pid_t pid_;
  ssh::Streams streams_;
  os::Descriptor end_;
};

} // namespace

Result<std::unique_ptr<ssh::RemoteSession>> ProcessShell::start(const std::string& command_line,
                                                                std::stop_token) {
  ++started;
  ::signal(SIGPIPE, SIG_IGN); // NOLINT: as in the product, where os/signals.hpp does it
  os::ChildEnvironment environment;
  for (const auto& [name, value] :
       {std::pair{"PATH", shells_.path}, {"HOME", home_}, {"TMPDIR", home_}, {"XDG_RUNTIME_DIR", home_}})
    DEPLOYCTL_CHECK(environment.set(name, Text(value)));
  DEPLOYCTL_TRY(os::Pipe in, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe out, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe err, os::open_pipe());
  const os::ChildRequest request{
      .argv = {shells_.login, "-c", replace_all(command_line, "/bin/sh", shells_.shell)},
      .environment = environment,
      .directory = home_,
      .input = {},
      .timeout = {},
      .grace = {},
      .capture_limit = 0};
  DEPLOYCTL_TRY(last,
                os::spawn(request, {.in = in.read.get(), .out = out.write.get(), .err = err.write.get()}));
  ssh::Streams streams{std::move(in.write), std::move(out.read), std::move(err.read)};
  return std::make_unique<ProcessSession>(last, std::move(streams));
}

std::vector<HostShells> all_shells(const std::string& folder) {
  const std::string applets = folder + "/applets";
  std::filesystem::create_directories(applets);
  const std::string command = "/bin/busybox --install -s '" + applets + "'";
  if (std::system(command.c_str()) != 0) return {}; // NOLINT: a test's own constant
  std::vector<HostShells> shells = {{.name = "dash", .shell = "/bin/dash"},
                                    {.name = "bash", .shell = "/bin/bash"},
                                    {.name = "busybox", .shell = applets + "/ash", .path = applets}};
  for (const char* login : {"/usr/bin/fish", "/usr/bin/tcsh", "/usr/bin/zsh"})
    if (::access(login, X_OK) == 0) shells.push_back({.name = login, .login = login});
  return shells;
}

} // namespace deployctl::tests
