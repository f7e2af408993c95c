#include "net/loopback_mail.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace deployctl::tests {

namespace {

int listen_here(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool ready = listener >= 0 && bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0 &&
                     listen(listener, 16) == 0;
  if (!ready) throw std::runtime_error("a port to listen on");
  port = ntohs(address.sin_port);
  return listener;
}

// Up to and without `end`; false when the client is gone.
bool read_to(int socket, std::string& buffer, const std::string& end, std::string& out) {
  std::size_t found = 0;
  while ((found = buffer.find(end)) == std::string::npos) {
    char bytes[4096];
    const ssize_t count = recv(socket, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer.append(bytes, static_cast<std::size_t>(count));
  }
  out = buffer.substr(0, found);
  buffer.erase(0, found + end.size());
  return true;
}

bool say(int socket, const std::string& line) {
  const std::string text = line + "\r\n";
  return send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

} // namespace

LoopbackMail::LoopbackMail(std::map<std::string, std::string> answers)
    : answers_(std::move(answers)), listener_(listen_here(port_)), acceptor_([this] { accept_all(); }) {}

LoopbackMail::~LoopbackMail() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    if (open_ >= 0) shutdown(open_, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
}

std::vector<std::string> LoopbackMail::commands() const {
  const std::scoped_lock lock(mutex_);
  return commands_;
}

std::vector<std::string> LoopbackMail::mails() const {
  const std::scoped_lock lock(mutex_);
  return mails_;
}

void LoopbackMail::accept_all() {
  for (;;) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    {
      const std::scoped_lock lock(mutex_);
      if (ending_ || socket < 0) {
        if (socket >= 0) close(socket);
        return;
      }
      open_ = socket;
    }
    serve(socket);
    const std::scoped_lock lock(mutex_);
    open_ = -1;
    close(socket);
  }
}

std::string LoopbackMail::answer_to(const std::string& command) const {
  for (const auto& [begin, answer] : answers_)
    if (command.starts_with(begin)) return answer;
  if (command == "DATA") return "354 go on";
  return command == "QUIT" ? "221 bye" : "250 ok";
}

void LoopbackMail::serve(int socket) {
  std::string buffer;
  std::string command;
  if (!say(socket, "220 test")) return;
  while (read_to(socket, buffer, "\r\n", command)) {
    {
      const std::scoped_lock lock(mutex_);
      commands_.push_back(command);
    }
    std::string answer = answer_to(command);
    if (answer == "hang up" || !say(socket, answer)) return;
    if (!answer.starts_with("354")) continue;
    std::string mail;
    if (!read_to(socket, buffer, "\r\n.\r\n", mail)) return;
    {
      const std::scoped_lock lock(mutex_);
      mails_.push_back(mail);
    }
    answer = answer_to(".");
    if (answer == "hang up" || !say(socket, answer)) return;
  }
}

} // namespace deployctl::tests
