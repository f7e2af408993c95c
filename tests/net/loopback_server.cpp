#include "net/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace deployctl::tests {
namespace {

int check(int result, const char* what) {
  if (result < 0) throw std::runtime_error(what);
  return result;
}

int listen_on_loopback(int& port) {
  const int listener = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  check(bind(listener, reinterpret_cast<sockaddr*>(&address), size), "bind");
  check(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  port = ntohs(address.sin_port);
  check(listen(listener, 64), "listen");
  return listener;
}

int listen_on_unix(const std::string& path) {
  const int listener = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  check(bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  check(listen(listener, 64), "listen");
  return listener;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Takes one request from `buffer`, reading more when it has to; nothing when the client is gone.
std::optional<Received> next_request(int socket, std::string& buffer) {
  const auto read_more = [&] {
    char bytes[4096];
    const ssize_t count = recv(socket, bytes, sizeof bytes, 0);
    if (count > 0) buffer.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  };
  std::size_t end = 0;
  while ((end = buffer.find("\r\n\r\n")) == std::string::npos)
    if (!read_more() || buffer.starts_with('\x16')) return std::nullopt; // the second: a TLS handshake
  Received received;
  std::istringstream head(buffer.substr(0, end));
  std::string line;
  std::getline(head, line);
  std::istringstream(line) >> received.method >> received.target;
  while (std::getline(head, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(' ', colon + 1);
    received.headers[lower(line.substr(0, colon))] = value == std::string::npos ? "" : line.substr(value);
  }
  const auto length = received.headers.find("content-length");
  const std::size_t size = length == received.headers.end() ? 0 : std::stoul(length->second);
  while (buffer.size() < end + 4 + size)
    if (!read_more()) return std::nullopt;
  received.body = buffer.substr(end + 4, size);
  buffer.erase(0, end + 4 + size);
  return received;
}

} // namespace

LoopbackServer::LoopbackServer(Handler handler, const std::string& unix_socket)
    : handler_(std::move(handler)), unix_socket_(unix_socket),
      listener_(unix_socket.empty() ? listen_on_loopback(port_) : listen_on_unix(unix_socket)),
      acceptor_([this] { accept_all(); }) {}

LoopbackServer::~LoopbackServer() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    for (const int socket : open_) shutdown(socket, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  threads_.clear(); // joins
  close(listener_);
  if (!unix_socket_.empty()) unlink(unix_socket_.c_str());
}

std::string LoopbackServer::url(const std::string& target) const {
  return "http://127.0.0.1:" + std::to_string(port_) + target;
}

std::vector<Received> LoopbackServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

int LoopbackServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

void LoopbackServer::accept_all() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::scoped_lock lock(mutex_);
    if (socket < 0 || ending_) {
      if (socket >= 0) close(socket);
      return;
    }
    ++connections_;
    open_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackServer::serve(int socket) {
  std::string buffer;
  while (const auto received = next_request(socket, buffer)) {
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(*received);
    }
    if (!answer(socket, handler_(*received), received->method == "HEAD")) break;
  }
  const std::scoped_lock lock(mutex_);
  std::erase(open_, socket);
  close(socket);
}

bool LoopbackServer::answer(int socket, const Reply& reply, bool head_only) const {
  if (reply.way == Reply::Way::hang_up) return false;
  if (reply.way == Reply::Way::stall) {
    char byte = 0;
    return recv(socket, &byte, 1, 0) > 0;
  }
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Any\r\n";
  for (const auto& [name, value] : reply.headers) text += name + ": " + value + "\r\n";
  text += "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n";
  if (!head_only)
    text += reply.way == Reply::Way::cut_body ? reply.body.substr(0, reply.body.size() / 2) : reply.body;
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = send(socket, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return reply.way == Reply::Way::whole;
}

int closed_port() {
  int port = 0;
  close(listen_on_loopback(port));
  return port;
}

} // namespace deployctl::tests
