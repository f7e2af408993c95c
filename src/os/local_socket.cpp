#include "os/local_socket.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fmt/core.h>

#include "os/files.hpp"

namespace deployctl::os {
namespace {

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Cause::config, fmt::format("the socket path '{}' has {} characters, {} are the most", path,
                                           path.size(), sizeof address.sun_path - 1));
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), path.size());
  return address;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address); // NOLINT: the socket calls' own idiom
}

Result<Descriptor> open_socket() {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return fail(system_error("cannot open", "a socket", errno));
  return socket;
}

} // namespace

Result<Descriptor> connect_local(const std::string& path) {
  DEPLOYCTL_TRY(const sockaddr_un address, address_of(path));
  DEPLOYCTL_TRY(Descriptor socket, open_socket());
  if (::connect(socket.get(), generic(address), sizeof address) == 0) return socket;
  const int code = errno;
  Error error = system_error("cannot connect to", path, code);
  if (code == ECONNREFUSED) error.cause = Cause::not_found;
  if (code == EAGAIN) error.cause = Cause::throttled;
  return fail(std::move(error));
}

Result<Descriptor> listen_local(const std::string& path) {
  constexpr int queue = 64;
  DEPLOYCTL_TRY(const sockaddr_un address, address_of(path));
  DEPLOYCTL_TRY(Descriptor socket, open_socket());
  if (::bind(socket.get(), generic(address), sizeof address) != 0 || ::chmod(path.c_str(), 0600) != 0 ||
      ::listen(socket.get(), queue) != 0)
    return fail(system_error("cannot listen on", path, errno));
  return socket;
}

Result<bool> send_descriptor(int socket, int descriptor) {
  char zero = '\0';
  iovec bytes{.iov_base = &zero, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  for (;;) {
    if (::sendmsg(socket, &message, MSG_NOSIGNAL) == 1) return true;
    if (errno == EAGAIN) return false;
    if (errno != EINTR) return fail(system_error("cannot send", "a descriptor", errno));
  }
}

} // namespace deployctl::os
