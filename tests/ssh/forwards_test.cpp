// What listens on a host, reached by a socket of this machine: over the shared connection, and by one ssh
// that does nothing else where connections are not shared.
#include <csignal>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/local_socket.hpp"
#include "ssh/connections.hpp"
#include "ssh/mux_client.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

constexpr std::uint32_t ssh_port = 2222; // of every server here
constexpr Milliseconds patience{60'000};

// Says one thing to everybody who comes to a unix socket, until its end.
class Greeter {
public:
  explicit Greeter(const std::string& path) : listener_(os::listen_local(path).value()) {
    greeting_ = std::jthread([this](const std::stop_token& stop) {
      const SystemClock clock;
      os::BoundedWait wait(clock, std::nullopt, stop, "a visitor");
      while (wait.readable(listener_.get())) {
        const os::Descriptor visitor(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        (void)::send(visitor.get(), "unix-ok-", 8, MSG_NOSIGNAL);
      }
    });
  }

private:
  os::Descriptor listener_;
  std::jthread greeting_; // last: it uses the rest
};

// The first eight bytes that are said there; as many as came before the end.
std::string greeting_at(const std::string& path) {
  const auto socket = os::connect_local(path);
  if (!socket) return "nobody listens";
  const SystemClock clock;
  os::BoundedWait wait(clock, patience, {}, "a greeting");
  std::string text;
  while (text.size() < 8) {
    REQUIRE(wait.readable(socket->get()));
    char byte = 0;
    if (::read(socket->get(), &byte, 1) != 1) break;
    text += byte;
  }
  return text;
}

Host host_of(const SshServer& server) {
  return {.name = "web", .address = server.address()};
}

std::string path_to(SshWorld& world, const SshServer& server, const mux::Endpoint& target) {
  const auto path = world.connections().forward(host_of(server), target, {});
  if (!path) FAIL(path.error().message);
  return *path;
}

void do_not_share(SshWorld& world) {
  Client client = world.client();
  client.multiplexing = false;
  world.use(client);
}

void await_silence(const SshWorld& world, const std::string& path) {
  os::BoundedWait wait(world.clock, patience, {}, "the end of a forward");
  while (os::connect_local(path)) REQUIRE(wait.pause(Milliseconds(10)));
}

// An ssh that lost its connection does not listen any more some time before it has ended.
void await_greeting(SshWorld& world, const SshServer& server, const mux::Endpoint& target) {
  os::BoundedWait wait(world.clock, patience, {}, "another forward");
  while (greeting_at(path_to(world, server, target)) != "unix-ok-") REQUIRE(wait.pause(Milliseconds(10)));
}

} // namespace

TEST_CASE("ssh forwards: a socket of a host answers behind one path, also when the connection is another") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const std::string over_there = world.path("engine.sock");
  const Greeter greeter(over_there);
  std::string before;
  for (const bool is_first : {true, false}) {
    INFO((is_first ? "first" : "over another connection"));
    const std::string path = path_to(world, server, {.host = over_there});
    CHECK(path_to(world, server, {.host = over_there}) == path);
    CHECK((is_first || path == before));
    before = path;
    CHECK(greeting_at(path) == "unix-ok-");
    const auto master = (*world.connections().connection({.host = server.address()}))->open({});
    REQUIRE(master);
    os::BoundedWait wait(world.clock, patience, {}, "the end");
    REQUIRE(mux::terminate((*master)->socket(), wait));
    (*master)->cause_of_end(); // waits for it
  }
  CHECK(server.logins() == 2);
}

TEST_CASE("ssh forwards: many that ask for the same at the same time are one login and one path") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const std::string over_there = world.path("engine.sock");
  const Greeter greeter(over_there);
  Connections& connections = world.connections();
  std::vector<std::string> paths(8);
  std::vector<std::jthread> threads;
  for (std::string& path : paths)
    threads.emplace_back([&connections, &server, &over_there, &path] {
      path = connections.forward(host_of(server), {.host = over_there}, {}).value_or("");
    });
  threads.clear();
  for (const std::string& path : paths) CHECK(path == paths.front());
  CHECK(greeting_at(paths.front()) == "unix-ok-");
  CHECK(server.logins() == 1);
}

TEST_CASE("ssh forwards: a port as the host sees it, and one where nobody listens") {
  for (const bool shares : {true, false}) {
    INFO((shares ? "one connection" : "one ssh a forward"));
    SshWorld world;
    const SshServer& server = world.add("web");
    if (!shares) do_not_share(world);
    CHECK(greeting_at(path_to(world, server, {server.address(), ssh_port})) == "SSH-2.0-");
    CHECK(greeting_at(path_to(world, server, {server.address(), 1})).empty());
    CHECK(greeting_at(path_to(world, server, {.host = world.path("no.sock")})).empty());
  }
}

TEST_CASE("ssh forwards: without sharing one ssh stays for all who ask, and another comes when it was lost") {
  SshWorld world;
  const SshServer& server = world.add("web");
  do_not_share(world);
  const std::string over_there = world.path("engine.sock");
  const Greeter greeter(over_there);
  const std::string path = path_to(world, server, {.host = over_there});
  CHECK(greeting_at(path) == "unix-ok-");
  CHECK(path_to(world, server, {.host = over_there}) == path);
  CHECK(server.logins() == 1);
  for (const pid_t session : server.sessions()) ::kill(session, SIGKILL);
  await_silence(world, path);
  await_greeting(world, server, {.host = over_there});
  CHECK(path_to(world, server, {.host = over_there}) == path);
  CHECK(server.logins() == 2);
}

TEST_CASE("ssh forwards: a login that was refused is tried once, also without sharing") {
  SshWorld world;
  const SshServer& server = world.add("web", {.settings = "AuthorizedKeysFile none"});
  do_not_share(world);
  for (int time = 0; time < 2; ++time) {
    const auto path = world.connections().forward(host_of(server), {.host = "/run/engine.sock"}, {});
    REQUIRE(!path);
    CHECK(path.error().cause == Cause::auth);
  }
  CHECK(server.attempts_at_end(world.clock) == 1);
}

TEST_CASE("ssh forwards: what ssh would take for more than a name is refused before it is started") {
  CHECK(forward_text("/l", {.host = "/run/docker.sock"}).value() == "/l:/run/docker.sock");
  CHECK(forward_text("/l", {"172.17.0.2", 80}).value() == "/l:172.17.0.2:80");
  CHECK(forward_text("/l", {"fd00::2", 80}).value() == "/l:[fd00::2]:80");
  for (const char* const name :
       {"", "/run/a:b", "/run/%h", "/run/${HOME}", "/run/a b", "/run/a\\b", "/run/a\nb"})
    CHECK(forward_text("/l", {.host = name}).error().cause == Cause::config);
}
