// Starts one command line on one host and hands over its three streams and its end: the seam between
// connections (ssh/connections.hpp) and what is run over them. What ends a command when we say so is not
// here: ssh/leash.hpp.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::ssh {

// Our ends. Closing `input` is end of file over there; `output` and `error` may be set to non-blocking.
struct Streams {
  os::Descriptor input;
  os::Descriptor output;
  os::Descriptor error;
};

struct SessionEnd {
  enum class How {
    exited, // the command ended with exit_code, 255 included
    killed, // it ended without an exit code while the connection stands
    lost,   // the connection is gone
  };
  How how = How::lost;
  int exit_code = 0;
  std::string cause; // of `lost`: as ssh named it
};

class RemoteSession {
public:
  RemoteSession() = default;
  RemoteSession(const RemoteSession&) = delete;
  RemoteSession& operator=(const RemoteSession&) = delete;
  virtual ~RemoteSession() = default; // ends what still runs: closes the streams and the session

  virtual Streams& streams() = 0;
  // Becomes readable when the session ended, for poll beside output and error. Output may still be unread
  // then.
  virtual int end_descriptor() = 0;
  // Waits for the end, for ever if need be. Error only if the stop token asked.
  virtual Result<SessionEnd> wait(std::stop_token stop) = 0;
};

class RemoteShell { // one host
public:
  RemoteShell() = default;
  RemoteShell(const RemoteShell&) = delete;
  RemoteShell& operator=(const RemoteShell&) = delete;
  virtual ~RemoteShell() = default;

  // `command_line` goes to the user's login shell over there, whatever that is (sh, fish, csh): a constant of
  // ours. Errors name the cause as ssh did: network (refused, timed out, lost), auth, tls (the host key is
  // unknown or changed), timeout, cancelled. Thread-safe.
  virtual Result<std::unique_ptr<RemoteSession>> start(const std::string& command_line,
                                                       std::stop_token stop) = 0;
};

} // namespace deployctl::ssh
