// The port Processes on this machine: posix_spawn into a process group of its own, one deadline, output
// streamed line by line. Safe from many threads; installs no SIGCHLD handler and inherits no descriptor to a
// child.
#pragma once

#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/processes.hpp>

#include "os/environment.hpp"

namespace deployctl::os {

class LocalProcesses final : public Processes {
public:
  // `directory` is the pipeline's folder. `environment` is what `ProcessRequest::inherit` picks from.
  LocalProcesses(const Clock& clock, std::string directory, Environment environment);

  // At the deadline or a stop the whole group gets SIGTERM, and SIGKILL after `grace`. Output that a
  // surviving grandchild holds open is read for at most 200 ms behind the child's end. Beyond `capture_limit`
  // the result keeps the first and the last half with a line between them that says how much is missing.
  Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) override;

private:
  const Clock& clock_;
  std::string directory_;
  Environment environment_;
};

} // namespace deployctl::os
