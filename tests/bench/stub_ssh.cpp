// Stands in for `ssh -M -N -S SOCKET ...` where a thousand hosts are simulated: a master that has no host
// behind it. It greets, says that it is alive, opens every session and reports its end with 0 at once.
// Descriptors that are passed to it are closed.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/local_socket.hpp"
#include "ssh/mux_codec.hpp"

namespace {

using namespace deployctl;

class StubMaster {
public:
  explicit StubMaster(os::Descriptor listener) : listener_(std::move(listener)) {}

  [[noreturn]] void serve() {
    for (;;) {
      std::vector<pollfd> entries{{.fd = listener_.get(), .events = POLLIN, .revents = 0}};
      for (const auto& client : clients_)
        entries.push_back({.fd = client.first, .events = POLLIN, .revents = 0});
      ::poll(entries.data(), entries.size(), -1);
      for (const pollfd& entry : entries) {
        if (entry.revents == 0) continue;
        if (entry.fd == listener_.get())
          greet();
        else
          hear(entry.fd);
      }
    }
  }

private:
  struct Client {
    os::Descriptor socket;
    std::string bytes;      // not looked at yet
    std::size_t passed = 0; // of the next bytes carry a descriptor each
  };

  static void tell(int client, const ssh::mux::Message& message) {
    const std::string bytes = encode(message);
    (void)!::send(client, bytes.data(), bytes.size(), MSG_NOSIGNAL); // who is gone does not need it
  }

  void greet() {
    os::Descriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client.is_open()) return;
    tell(client.get(), ssh::mux::Hello{});
    const int number = client.get();
    clients_[number].socket = std::move(client);
  }

  void hear(int number) {
    Client& client = clients_[number];
    std::array<char, 4096> buffer{};
    const ssize_t got = ::recv(number, buffer.data(), buffer.size(), 0);
    client.bytes.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    while (take_descriptor(number, client) || take_packet(number, client)) {
    }
    if (got <= 0) clients_.erase(number);
  }

  static bool take_descriptor(int number, Client& client) {
    if (client.passed == 0 || client.bytes.empty()) return false;
    client.bytes.erase(0, 1);
    if (--client.passed > 0) return true;
    tell(number, ssh::mux::SessionOpened{.request = 1, .session = 1});
    tell(number, ssh::mux::ExitMessage{.session = 1, .value = 0});
    return true;
  }

  static bool take_packet(int number, Client& client) {
    std::uint32_t size = 0;
    if (client.passed > 0 || client.bytes.size() < sizeof size) return false;
    std::memcpy(&size, client.bytes.data(), sizeof size);
    size = ntohl(size);
    if (client.bytes.size() - sizeof size < size) return false;
    const auto message = ssh::mux::decode(client.bytes.substr(sizeof size, size));
    client.bytes.erase(0, sizeof size + size);
    if (message && std::holds_alternative<ssh::mux::AliveCheck>(*message))
      tell(number, ssh::mux::Alive{.request = 1, .pid = static_cast<std::uint32_t>(::getpid())});
    if (message && std::holds_alternative<ssh::mux::NewSession>(*message)) client.passed = 3;
    return true;
  }

  os::Descriptor listener_;
  std::map<int, Client> clients_;
};

} // namespace

int main(int count, char** words) {
  const std::vector<std::string> arguments(words, words + count);
  const auto option = std::find(arguments.begin(), arguments.end(), "-S");
  if (option == arguments.end() || option + 1 == arguments.end()) return 2;
  auto listener = os::listen_local(*(option + 1));
  if (!listener) {
    std::fprintf(stderr, "%s\n", listener.error().message.c_str());
    return 1;
  }
  StubMaster(*std::move(listener)).serve();
}
