// A host that is this machine without SSH in between: login shell, shell of the scripts and tools as wanted.
// What it loses and kills is real: processes, pipes and signals.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ssh/remote_shell.hpp"
#include "ssh/ssh_hosts.hpp"

namespace deployctl::tests {

struct HostShells {
  std::string name;
  std::string login = "/bin/sh"; // takes -c
  std::string shell = "/bin/sh"; // stands for /bin/sh over there
  std::string path = "/usr/bin:/bin";
};

class ProcessShell final : public ssh::RemoteShell {
public:
  // `home`: where commands start and where they keep their temporary files.
  ProcessShell(HostShells shells, std::string home) : shells_(std::move(shells)), home_(std::move(home)) {}
  Result<std::unique_ptr<ssh::RemoteSession>> start(const std::string& command_line,
                                                    std::stop_token stop) override;

  int started = 0;
  pid_t last = -1; // the login shell of the session started last, which leads its process group

private:
  HostShells shells_;
  std::string home_;
};

// Every host is the one.
class OneShell final : public ssh::RemoteShells {
public:
  explicit OneShell(std::shared_ptr<ProcessShell> shell) : shell_(std::move(shell)) {}
  Result<std::shared_ptr<ssh::RemoteShell>> shell(const Host&, std::stop_token) override { return shell_; }

private:
  std::shared_ptr<ProcessShell> shell_;
};

// dash, bash and busybox, the last one with nothing but its own applets below `folder`; and login shells that
// are no POSIX shells.
std::vector<HostShells> all_shells(const std::string& folder);

} // namespace deployctl::tests
