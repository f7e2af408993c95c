// A connection from a jump host to a host behind it, opened over the jump host's master, as a stream that the
// ssh of that host logs in over: no process in between. Ends with this object.
#pragma once

#include <string>

#include <deployctl/result.hpp>

#include "os/bounded_wait.hpp"
#include "os/descriptor.hpp"
#include "ssh/mux_client.hpp"

namespace deployctl::ssh {

class JumpChannel {
public:
  // `host` is how messages call the target. Causes: network when the jump host is gone or cannot connect to
  // it, timeout, cancelled.
  static Result<JumpChannel> open(const std::string& jump_socket, const mux::Endpoint& target,
                                  const std::string& host, os::BoundedWait& wait);

  // Input and output of the ssh that is started next.
  [[nodiscard]] int stream() const { return stream_.get(); }
  void hand_over() { stream_.close(); } // it has been started: its end is the end of the stream

private:
  JumpChannel(mux::Channel channel, os::Descriptor stream)
      : channel_(std::move(channel)), stream_(std::move(stream)) {}

  mux::Channel channel_;
  os::Descriptor stream_;
};

} // namespace deployctl::ssh
