#include "ssh/jump_channel.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

#include "os/files.hpp"

namespace deployctl::ssh {

Result<JumpChannel> JumpChannel::open(const std::string& jump_socket, const mux::Endpoint& target,
                                      const std::string& host, os::BoundedWait& wait) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(os::system_error("cannot make", "a pair of sockets", errno));
  const os::Descriptor for_jump(ends[0]);
  os::Descriptor for_ssh(ends[1]);
  auto channel = mux::open_stdio_forward(jump_socket, target, for_jump.get(), for_jump.get(), wait);
  if (channel) return JumpChannel(*std::move(channel), std::move(for_ssh));
  if (channel.error().cause != Cause::capacity) return fail(std::move(channel).error());
  // The master's one word for whatever the server answered: refused, unreachable, not allowed.
  return fail(Cause::network, host + ": the jump host could not connect to it");
}

} // namespace deployctl::ssh
