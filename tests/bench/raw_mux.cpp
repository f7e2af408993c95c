// The yardstick of commands over open connections: `true` over each control socket with nothing but the
// multiplexing protocol's bytes, blocking, AT_ONCE of them side by side. Shares no code with src/ssh, keeps
// no output, knows no deadline and no stop. Prints one JSON line:
//   raw_mux AT_ONCE SOCKET...

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

constexpr std::uint32_t hello = 0x00000001;
constexpr std::uint32_t new_session = 0x10000002;
constexpr std::uint32_t exit_message = 0x80000004;
constexpr std::uint32_t session_opened = 0x80000006;

std::string number(std::uint32_t value) {
  const std::uint32_t bytes = htonl(value);
  return {reinterpret_cast<const char*>(&bytes), sizeof bytes};
}

std::string text(const std::string& value) {
  return number(static_cast<std::uint32_t>(value.size())) + value;
}

bool send_packet(int socket, const std::string& body) {
  const std::string packet = text(body);
  return ::send(socket, packet.data(), packet.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(packet.size());
}

std::string packet_from(int socket) {
  std::uint32_t size = 0;
  if (::recv(socket, &size, sizeof size, MSG_WAITALL) != sizeof size) return {};
  std::string body(ntohl(size), '\0');
  if (::recv(socket, body.data(), body.size(), MSG_WAITALL) != static_cast<ssize_t>(body.size())) return {};
  return body;
}

std::uint32_t number_at(const std::string& body, std::size_t at) {
  std::uint32_t value = 0;
  if (body.size() < at + sizeof value) return 0;
  std::memcpy(&value, body.data() + at, sizeof value);
  return ntohl(value);
}

bool pass(int socket, int descriptor) {
  char byte = 0;
  iovec bytes{.iov_base = &byte, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> room{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == 1;
}

bool is_true_over(int socket, int null) {
  constexpr std::uint32_t no_escape = 0xffffffff;
  const std::string flags = number(0) + number(0) + number(0) + number(0); // terminal, X11, agent, subsystem
  if (!send_packet(socket, number(hello) + number(4))) return false;
  if (!send_packet(socket, number(new_session) + number(1) + text("") + flags + number(no_escape) +
                               text("dumb") + text("true")))
    return false;
  if (!pass(socket, null) || !pass(socket, null) || !pass(socket, null)) return false;
  if (number_at(packet_from(socket), 0) != hello) return false;
  if (number_at(packet_from(socket), 0) != session_opened) return false;
  const std::string end = packet_from(socket);
  return number_at(end, 0) == exit_message && number_at(end, 8) == 0;
}

bool runs_true(const std::string& path, int null) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return false;
  const bool done = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                    is_true_over(socket, null);
  ::close(socket);
  return done;
}

} // namespace

int main(int count, char** words) {
  if (count < 3) return 2;
  const std::vector<std::string> sockets(words + 2, words + count);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  std::atomic<std::size_t> next = 0;
  std::atomic<int> failures = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> workers;
    for (unsigned long i = 0; i < std::stoul(words[1]); ++i)
      workers.emplace_back([&] {
        for (std::size_t at = next++; at < sockets.size(); at = next++)
          if (!runs_true(sockets[at], null)) ++failures;
      });
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::printf("{\"s\": %.4f, \"own_cpu_s\": %.4f, \"failures\": %d}\n", elapsed.count(),
              seconds(used.ru_utime) + seconds(used.ru_stime), failures.load());
}
