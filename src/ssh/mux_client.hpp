// Talks to a running master over its control socket. Never opens a connection to a host: with the master gone
// every call fails. Causes: network when the master is gone or does not speak the protocol, capacity when the
// server refuses one more session, timeout, cancelled.
#pragma once

#include <cstdint>
#include <string>

#include <deployctl/result.hpp>

#include "os/bounded_wait.hpp"
#include "os/descriptor.hpp"
#include "ssh/mux_codec.hpp"

namespace deployctl::ssh::mux {

// One greeted connection to the master.
class Channel {
public:
  static Result<Channel> connect(const std::string& socket_path, os::BoundedWait& wait);

  Status send(const Message& message, os::BoundedWait& wait);
  Status pass(int descriptor, os::BoundedWait& wait);
  Result<Message> receive(os::BoundedWait& wait); // network when the master closed it
  [[nodiscard]] int descriptor() const { return socket_.get(); }

private:
  explicit Channel(os::Descriptor socket) : socket_(std::move(socket)) {}
  Result<Message> receive_any(os::BoundedWait& wait);

  os::Descriptor socket_;
  PacketReader reader_;
  bool greeted_ = false; // the master's greeting was read
};

// The answer is the master's process id.
Result<std::uint32_t> check_alive(const std::string& socket_path, os::BoundedWait& wait);

// Descriptors that the master reads and writes from now on; it takes copies.
struct PassedStreams {
  int input;
  int output;
  int error;
};
// An open session: on its channel comes an ExitMessage, or its end without one. Closing the channel ends it.
Result<Channel> open_session(const std::string& socket_path, const std::string& command_line,
                             const PassedStreams& streams, os::BoundedWait& wait);
// A connection from the host to `target`, on two descriptors.
Result<Channel> open_stdio_forward(const std::string& socket_path, const Endpoint& target, int input,
                                   int output, os::BoundedWait& wait);

// The port that was chosen, if the forward asked for any.
Result<std::uint32_t> open_forward(const std::string& socket_path, const Forward& forward,
                                   os::BoundedWait& wait);
Status close_forward(const std::string& socket_path, const Forward& forward, os::BoundedWait& wait);

// The master ends at once, with all sessions.
Status terminate(const std::string& socket_path, os::BoundedWait& wait);

} // namespace deployctl::ssh::mux
