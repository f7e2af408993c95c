// The multiplexing protocol of OpenSSH, version 4, as values: what a client and a master tell each other over
// the control socket, and its bytes. Pure; who speaks it is ssh/mux_client.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::ssh::mux {

inline constexpr std::uint32_t protocol_version = 4;
inline constexpr std::size_t longest_packet = 256U << 10; // without its length; as the master has it

struct Hello { // both sides, first; extensions are not known yet and skipped
  static constexpr std::uint32_t type = 0x00000001;
  std::uint32_t version = protocol_version;
  bool operator==(const Hello&) const = default;
};

// Requests. A reply names the request it belongs to.

struct NewSession { // then three descriptors: input, output, error
  static constexpr std::uint32_t type = 0x10000002;
  std::uint32_t request = 0;
  std::string command;
  std::vector<std::string> environment; // "NAME=value", as far as the server accepts it
  bool operator==(const NewSession&) const = default;
};

struct AliveCheck {
  static constexpr std::uint32_t type = 0x10000004;
  std::uint32_t request = 0;
  bool operator==(const AliveCheck&) const = default;
};

struct Terminate {
  static constexpr std::uint32_t type = 0x10000005;
  std::uint32_t request = 0;
  bool operator==(const Terminate&) const = default;
};

// A TCP host and port, or a unix socket's path with `unix_path` as the port.
struct Endpoint {
  static constexpr std::uint32_t unix_path = 0xfffffffe;
  std::string host;
  std::uint32_t port = unix_path;
  bool operator==(const Endpoint&) const = default;
};

enum class Direction : std::uint32_t { local = 1, remote = 2, dynamic = 3 };

struct Forward {
  std::uint32_t direction = static_cast<std::uint32_t>(Direction::local);
  Endpoint listen;
  Endpoint connect;
  bool operator==(const Forward&) const = default;
};

struct OpenForward {
  static constexpr std::uint32_t type = 0x10000006;
  std::uint32_t request = 0;
  Forward forward;
  bool operator==(const OpenForward&) const = default;
};

struct CloseForward {
  static constexpr std::uint32_t type = 0x10000007;
  std::uint32_t request = 0;
  Forward forward;
  bool operator==(const CloseForward&) const = default;
};

struct NewStdioForward { // then two descriptors: input, output
  static constexpr std::uint32_t type = 0x10000008;
  std::uint32_t request = 0;
  Endpoint connect;
  bool operator==(const NewStdioForward&) const = default;
};

// Replies

struct Ok {
  static constexpr std::uint32_t type = 0x80000001;
  std::uint32_t request = 0;
  bool operator==(const Ok&) const = default;
};

struct PermissionDenied {
  static constexpr std::uint32_t type = 0x80000002;
  std::uint32_t request = 0;
  std::string reason;
  bool operator==(const PermissionDenied&) const = default;
};

struct Failure {
  static constexpr std::uint32_t type = 0x80000003;
  std::uint32_t request = 0;
  std::string reason;
  bool operator==(const Failure&) const = default;
};

struct ExitMessage {
  static constexpr std::uint32_t type = 0x80000004;
  std::uint32_t session = 0;
  std::uint32_t value = 0;
  bool operator==(const ExitMessage&) const = default;
};

struct Alive {
  static constexpr std::uint32_t type = 0x80000005;
  std::uint32_t request = 0;
  std::uint32_t pid = 0;
  bool operator==(const Alive&) const = default;
};

struct SessionOpened {
  static constexpr std::uint32_t type = 0x80000006;
  std::uint32_t request = 0;
  std::uint32_t session = 0;
  bool operator==(const SessionOpened&) const = default;
};

struct RemotePort {
  static constexpr std::uint32_t type = 0x80000007;
  std::uint32_t request = 0;
  std::uint32_t port = 0;
  bool operator==(const RemotePort&) const = default;
};

struct TerminalRefused {
  static constexpr std::uint32_t type = 0x80000008;
  std::uint32_t session = 0;
  bool operator==(const TerminalRefused&) const = default;
};

using Message =
    std::variant<Hello, NewSession, AliveCheck, Terminate, OpenForward, CloseForward, NewStdioForward, Ok,
                 PermissionDenied, Failure, ExitMessage, Alive, SessionOpened, RemotePort, TerminalRefused>;

// The packet with its length in front.
std::string encode(const Message& message);
// A packet without its length. Cause::network: the other side does not speak this protocol.
Result<Message> decode(std::string_view packet);

// Puts packets together from whatever pieces a socket gives.
class PacketReader {
public:
  void feed(std::string_view bytes) { bytes_ += bytes; }
  // The next whole packet without its length; none until more bytes were fed. Error for an impossible length.
  Result<std::optional<std::string>> next();

private:
  std::string bytes_;
};

} // namespace deployctl::ssh::mux
