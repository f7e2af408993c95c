#include "ssh/mux_client.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

#include <sys/socket.h>

#include <fmt/core.h>

#include "os/files.hpp"
#include "os/local_socket.hpp"

namespace deployctl::ssh::mux {
namespace {

constexpr std::uint32_t only_request = 1; // a channel carries one request at a time

// A refusal as the server's words have it; none of the others ends a session before it began.
Error refusal_of(const std::string& reason) {
  const bool is_session = reason.find("Session open refused") != std::string::npos;
  return {.cause = is_session ? Cause::capacity : Cause::network,
          .message = fmt::format("the SSH connection refused: {}", reason),
          .evidence = {}};
}

// The reply to a request, which a refusal turns into an error.
Result<Message> ask(Channel& channel, const Message& request, os::BoundedWait& wait) {
  DEPLOYCTL_CHECK(channel.send(request, wait));
  return channel.receive(wait);
}

template <class Expected>
Result<Expected> expect(const Result<Message>& reply) {
  if (!reply) return fail(reply.error());
  if (const auto* const expected = std::get_if<Expected>(&*reply)) return *expected;
  if (const auto* const failure = std::get_if<Failure>(&*reply)) return fail(refusal_of(failure->reason));
  if (const auto* const denied = std::get_if<PermissionDenied>(&*reply))
    return fail(refusal_of(denied->reason));
  return fail(Cause::network, "the SSH master gave an answer that does not belong to the request");
}

} // namespace

Result<Channel> Channel::connect(const std::string& socket_path, os::BoundedWait& wait) {
  constexpr Milliseconds between_attempts{5};
  for (;;) {
    auto socket = os::connect_local(socket_path);
    if (socket) {
      Channel channel(*std::move(socket));
      DEPLOYCTL_CHECK(channel.send(Hello{}, wait));
      return channel;
    }
    if (socket.error().cause != Cause::throttled) {
      Error error = std::move(socket).error();
      if (error.cause == Cause::not_found) error.cause = Cause::network;
      return fail(std::move(error));
    }
    DEPLOYCTL_CHECK(wait.pause(between_attempts)); // many ask it at once
  }
}

Status Channel::send(const Message& message, os::BoundedWait& wait) {
  std::string bytes = encode(message);
  for (std::string_view left = bytes; !left.empty();) {
    const ssize_t sent = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      left.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      DEPLOYCTL_CHECK(wait.writable(socket_.get()));
    } else if (errno != EINTR) {
      return fail(Cause::network, "the SSH connection is gone");
    }
  }
  return {};
}

Status Channel::pass(int descriptor, os::BoundedWait& wait) {
  for (;;) {
    const auto sent = os::send_descriptor(socket_.get(), descriptor);
    if (!sent) return fail(Cause::network, "the SSH connection is gone");
    if (*sent) return {};
    DEPLOYCTL_CHECK(wait.writable(socket_.get()));
  }
}

Result<Message> Channel::receive_any(os::BoundedWait& wait) {
  for (;;) {
    DEPLOYCTL_TRY(const std::optional<std::string> packet, reader_.next());
    if (packet) return decode(*packet);
    std::array<char, 4096> buffer; // NOLINT: filled by recv
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) {
      reader_.feed({buffer.data(), static_cast<std::size_t>(got)});
    } else if (got < 0 && errno == EAGAIN) {
      DEPLOYCTL_CHECK(wait.readable(socket_.get()));
    } else if (got == 0 || errno != EINTR) {
      return fail(Cause::network, "the SSH connection is gone");
    }
  }
}

Result<Message> Channel::receive(os::BoundedWait& wait) {
  if (!greeted_) {
    DEPLOYCTL_TRY(const Message first, receive_any(wait));
    const auto* const hello = std::get_if<Hello>(&first);
    if (!hello || hello->version != protocol_version)
      return fail(Cause::network,
                  fmt::format("this ssh multiplexes with version {} of the protocol, {} is known",
                              hello ? hello->version : 0, protocol_version));
    greeted_ = true;
  }
  return receive_any(wait);
}

Result<std::uint32_t> check_alive(const std::string& socket_path, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  DEPLOYCTL_TRY(const Alive alive, expect<Alive>(ask(channel, AliveCheck{only_request}, wait)));
  return alive.pid;
}

Result<Channel> open_session(const std::string& socket_path, const std::string& command_line,
                             const PassedStreams& streams, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  DEPLOYCTL_CHECK(channel.send(NewSession{only_request, command_line, {}}, wait));
  for (const int descriptor : {streams.input, streams.output, streams.error})
    DEPLOYCTL_CHECK(channel.pass(descriptor, wait));
  DEPLOYCTL_CHECK(expect<SessionOpened>(channel.receive(wait)));
  return channel;
}

Result<Channel> open_stdio_forward(const std::string& socket_path, const Endpoint& target, int input,
                                   int output, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  DEPLOYCTL_CHECK(channel.send(NewStdioForward{only_request, target}, wait));
  for (const int descriptor : {input, output}) DEPLOYCTL_CHECK(channel.pass(descriptor, wait));
  DEPLOYCTL_CHECK(expect<SessionOpened>(channel.receive(wait)));
  return channel;
}

Result<std::uint32_t> open_forward(const std::string& socket_path, const Forward& forward,
                                   os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  const Result<Message> reply = ask(channel, OpenForward{only_request, forward}, wait);
  if (reply && std::holds_alternative<Ok>(*reply)) return forward.listen.port;
  DEPLOYCTL_TRY(const RemotePort chosen, expect<RemotePort>(reply));
  return chosen.port;
}

Status close_forward(const std::string& socket_path, const Forward& forward, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  DEPLOYCTL_CHECK(expect<Ok>(ask(channel, CloseForward{only_request, forward}, wait)));
  return {};
}

Status terminate(const std::string& socket_path, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(Channel channel, Channel::connect(socket_path, wait));
  DEPLOYCTL_CHECK(channel.send(Terminate{only_request}, wait));
  const Result<Message> reply = channel.receive(wait);
  if (!reply && reply.error().cause == Cause::network) return {}; // it was gone before it could answer
  DEPLOYCTL_CHECK(expect<Ok>(reply));
  return {};
}

} // namespace deployctl::ssh::mux
