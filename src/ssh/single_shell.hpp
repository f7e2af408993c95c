// One host reached by one ssh for each command: for clients that cannot multiplex. Slower, with a login a
// command, and otherwise like ssh/connection.hpp. The way through jump hosts is ssh's own.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "os/bounded_wait.hpp"
#include "ssh/remote_shell.hpp"
#include "ssh/run_context.hpp"

namespace deployctl::ssh {

class SingleSession;

class SingleShell final : public RemoteShell {
public:
  SingleShell(RunContext& run, Destination destination);
  // Returns when the command has begun over there. A login that was refused is not tried again.
  Result<std::unique_ptr<RemoteSession>> start(const std::string& command_line,
                                               std::stop_token stop) override;

private:
  Result<std::unique_ptr<SingleSession>> log_in(const std::string& command_line, os::BoundedWait& wait);

  RunContext& run_;
  Destination destination_;
  std::shared_ptr<Slots> commands_;
  std::atomic<int> started_ = 0;
  std::mutex mutex_;
  std::optional<Error> refusal_;
};

} // namespace deployctl::ssh
