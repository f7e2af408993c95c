// One command in one ssh of its own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "os/background_process.hpp"
#include "os/bounded_wait.hpp"
#include "ssh/error_pump.hpp"
#include "ssh/remote_shell.hpp"
#include "ssh/run_context.hpp"

namespace deployctl::ssh {

struct SingleCommand {
  std::vector<std::string> argv; // of ssh
  std::string marker;            // of the command that stands in it
  std::string log;
  std::string host;
};

class SingleSession final : public RemoteSession {
public:
  // Returns when the command has begun; else the cause that ssh's log names.
  static Result<std::unique_ptr<SingleSession>> start(RunContext& run, SingleCommand command,
                                                      os::BoundedWait& wait);
  ~SingleSession() override;
  SingleSession(const SingleSession&) = delete;
  SingleSession& operator=(const SingleSession&) = delete;

  void keep(Slots::Place place) { place_ = std::move(place); }
  Streams& streams() override { return streams_; }
  int end_descriptor() override { return process_.end_descriptor(); }
  Result<SessionEnd> wait(std::stop_token stop) override;

private:
  SingleSession(RunContext& run, SingleCommand command, os::BackgroundProcess process, Streams streams,
                os::Descriptor marked, os::Descriptor error);
  Status await_begin(os::BoundedWait& wait);
  SessionEnd judge_end();

  RunContext& run_;
  SingleCommand command_;
  Slots::Place place_;
  os::BackgroundProcess process_;
  Streams streams_;
  ErrorPump errors_;
};

} // namespace deployctl::ssh
