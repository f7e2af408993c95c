// The ways that lead to a host: jump hosts, the SSH configuration, login shells, forwards.
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/local_socket.hpp"
#include "ssh/connections.hpp"
#include "ssh/mux_client.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::run;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

std::string host(const std::string& alias, const SshServer& server) {
  return "Host " + alias + "\n  HostName " + server.address() + "\n";
}

// "ok" of every alias, at the same time.
void all_answer(SshWorld& world, const std::vector<std::string>& aliases) {
  std::vector<Result<tests::Finished>> results(aliases.size(), tests::Finished{});
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < aliases.size(); ++i)
    threads.emplace_back([&, i, shell = world.shell(aliases[i])] { results[i] = run(*shell, "echo ok"); });
  threads.clear();
  for (const auto& result : results) {
    if (!result) FAIL(result.error().message);
    CHECK(result->out == "ok\n");
  }
}

std::vector<std::string> numbered(const std::string& name, int count) {
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
  return names;
}

// A port whose queue is full and that nobody accepts at: the kernel drops who comes, as if the host were
// gone.
class Blackhole {
public:
  Blackhole() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    REQUIRE(::bind(listener_.get(), address(), size) == 0);
    REQUIRE(::listen(listener_.get(), 0) == 0);
    REQUIRE(::getsockname(listener_.get(), address(), &size) == 0);
    for (int i = 0; i < 4; ++i) {
      queued_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      (void)::connect(queued_.back().get(), address(), size); // under way, for ever
    }
  }
  [[nodiscard]] int port() const { return ntohs(address_.sin_port); }

private:
  sockaddr* address() { return reinterpret_cast<sockaddr*>(&address_); }

  os::Descriptor listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address_{};
  std::vector<os::Descriptor> queued_;
};

std::string greeting_on(int descriptor) {
  const SystemClock clock;
  os::BoundedWait wait(clock, Milliseconds(20'000), {}, "a greeting");
  std::string text(8, '\0');
  REQUIRE(wait.readable(descriptor));
  REQUIRE(::read(descriptor, text.data(), text.size()) == 8);
  return text;
}

} // namespace

TEST_CASE("ssh ways: many hosts behind a jump host are one login there") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  const SshServer& one = world.add("one");
  const SshServer& two = world.add("two");
  world.configure(host("bastion", bastion) + host("one", one) + host("two*", two) +
                  "Match final all\nHost one two*\n  ProxyJump bastion\n");
  all_answer(world, {"one", "two0", "two1", "two2"});
  CHECK(bastion.logins() == 1);
  CHECK(one.logins() == 1);
  CHECK(two.logins() == 3);
}

TEST_CASE("ssh ways: the configuration of a jump host is read once, however many lie behind it") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  const SshServer& web = world.add("web");
  const std::string asked = world.path("asked");
  world.configure("Match host bastion exec \"echo >>" + asked + "\"\n" + host("bastion", bastion) +
                  host("web*", web) + "  ProxyJump bastion\n");
  all_answer(world, numbered("web", 8));
  CHECK(world.scratch().read("asked") == "\n\n"); // for us, and by the ssh that logs in there
}

TEST_CASE("ssh ways: behind a jump host each host is one process here") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  const SshServer& web = world.add("web");
  world.configure(host("bastion", bastion) + host("web", web) + "  ProxyJump bastion\n");
  CHECK(run(*world.shell("web"), "echo ok")->out == "ok\n");
  const auto connection = world.connections().connection({.host = "web"});
  REQUIRE(connection);
  const auto master = (*connection)->open({});
  REQUIRE(master);
  const std::string pid = std::to_string((*master)->pid());
  CHECK(os::read_file("/proc/" + pid + "/task/" + pid + "/children", 4096).value() == "");
}

TEST_CASE("ssh ways: a host that its jump host gets no answer from is given up after the connect timeout") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  const Blackhole nobody;
  world.configure(host("bastion", bastion) + "Host web\n  HostName 127.0.0.1\n  Port " +
                  std::to_string(nobody.port()) + "\n  ProxyJump bastion\n");
  world.use({.config_file = world.path("ssh_config"), .connect_timeout = Milliseconds(2'000)});
  const auto lost = run(*world.shell("web"), "true");
  REQUIRE(!lost);
  CHECK(lost.error().cause == Cause::timeout);
  CHECK(lost.error().message == "timed out after 2000 ms waiting for the jump host's connection to web");
  CHECK(run(*world.shell("bastion"), "echo ok")->out == "ok\n");
}

TEST_CASE("ssh ways: a chain of jump hosts, the first with one of its own") {
  SshWorld world;
  const SshServer& outer = world.add("outer");
  const SshServer& middle = world.add("middle");
  const SshServer& inner = world.add("inner");
  const SshServer& web = world.add("web");
  world.configure(host("outer", outer) + host("middle", middle) + "  ProxyJump outer\n" +
                  host("inner", inner) + host("web", web) + "  ProxyJump middle,inner\n");
  CHECK(run(*world.shell("web"), "echo ok")->out == "ok\n");
  for (const SshServer* const server : {&outer, &middle, &inner, &web}) CHECK(server->logins() == 1);
}

TEST_CASE("tough 14: ssh ways: with the jump host all behind it are lost, and it is logged in to once more") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  const SshServer& web = world.add("web");
  world.configure(host("bastion", bastion) + host("web*", web) + "  ProxyJump bastion\n");
  const auto names = numbered("web", 4);
  std::vector<std::unique_ptr<RemoteSession>> sessions;
  for (const std::string& name : names)
    sessions.push_back(world.shell(name)->start("exec sleep 600", {}).value());
  for (const pid_t pid : bastion.sessions()) ::kill(pid, SIGKILL);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto end = sessions[i]->wait({});
    REQUIRE(end);
    CHECK(end->how == SessionEnd::How::lost);
    CHECK(end->cause.find(names[i] + ": its jump host was lost: bastion: ") == 0);
  }
  all_answer(world, names);
  CHECK(bastion.logins() == 2);
}

TEST_CASE("ssh ways: a host that its jump host cannot reach, and jump hosts in a circle") {
  SshWorld world;
  const SshServer& bastion = world.add("bastion");
  SshServer& web = world.add("web");
  web.stop();
  world.configure(host("bastion", bastion) + host("web", web) + "  ProxyJump bastion\n" +
                  "Host round\n  ProxyJump about\nHost about\n  ProxyJump round\n");
  const auto unreached = run(*world.shell("web"), "true");
  REQUIRE(!unreached);
  CHECK(unreached.error().message == "web: the jump host could not connect to it");
  CHECK(run(*world.shell("bastion"), "echo ok")->out == "ok\n");
  CHECK(run(*world.shell("round"), "true").error().cause == Cause::config);
}

TEST_CASE("tough 13: ssh ways: a server that drops logins beyond a few is logged in to by fewer at once") {
  SshWorld world;
  const SshServer& server = world.add("web", {.settings = "MaxStartups 3:50:5"});
  world.configure(host("web*", server));
  all_answer(world, numbered("web", 16));
  CHECK(server.logins() == 16);
}

TEST_CASE("ssh ways: the SSH configuration counts, with Include and Match exec") {
  SshWorld world;
  const SshServer& server = world.add("web");
  world.scratch().write("more",
                        "Match host web exec \"test %n = web\"\n  HostName " + server.address() + "\n");
  world.configure("Include " + world.path("more") + "\n");
  CHECK(run(*world.shell("web"), "echo ok")->out == "ok\n");
}

TEST_CASE("tough 6: ssh ways: a planned change of the host key goes unnoticed") {
  SshWorld world;
  SshServer& server = world.add("web");
  world.configure(host("web*", server) + "Host *\n  UpdateHostKeys yes\n");
  server.stop();
  server.add_key("ecdsa");
  server.start();
  all_answer(world, numbered("web", 50));
  world.disconnect();
  const std::string known = world.scratch().read("known_hosts");
  INFO(known);
  CHECK(known.find("ecdsa-sha2-nistp256") != std::string::npos);
  CHECK(known.find("ecdsa-sha2-nistp256") == known.rfind("ecdsa-sha2-nistp256"));
  server.drop_first_key();
  all_answer(world, numbered("web", 3));
}

TEST_CASE("ssh ways: a banner is no output, and login shells that are no POSIX shells are served") {
  SshWorld world;
  world.scratch().write("banner", "Permission denied (publickey).\nbeware\n");
  int count = 0;
  for (const char* const shell : {"/bin/dash", "/usr/bin/fish", "/bin/csh", "/usr/bin/busybox sh"}) {
    const SshServer& server =
        world.add("web" + std::to_string(++count),
                  {.settings = "Banner " + world.path("banner") + "\nForceCommand exec " + shell +
                               " -c \"$SSH_ORIGINAL_COMMAND\""});
    const auto result = run(*world.shell(server.address()), "/bin/sh -c 'echo out; echo err >&2; exit 255'");
    INFO(shell);
    REQUIRE(result);
    CHECK(result->out == "out\n");
    CHECK(result->err == "err\n");
    CHECK(result->end.how == SessionEnd::How::exited);
    CHECK(result->end.exit_code == 255);
  }
}

TEST_CASE("ssh ways: ports and sockets are forwarded over the same login, and closed again") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto connection = world.connections().connection({.host = server.address()});
  REQUIRE(connection);
  const auto master = (*connection)->open({});
  REQUIRE(master);
  os::BoundedWait wait(world.clock, Milliseconds(20'000), {}, "a forward");
  const std::string path = world.path("forwarded");
  const mux::Forward forward{.listen = {path}, .connect = {server.address(), 2222}};
  REQUIRE(mux::open_forward((*master)->socket(), forward, wait));
  {
    const auto socket = os::connect_local(path);
    REQUIRE(socket);
    CHECK(greeting_on(socket->get()) == "SSH-2.0-");
  }
  REQUIRE(mux::close_forward((*master)->socket(), forward, wait));
  CHECK(os::connect_local(path).error().cause == Cause::not_found);

  os::Pipe to = os::open_pipe().value();
  os::Pipe from = os::open_pipe().value();
  const auto channel = mux::open_stdio_forward((*master)->socket(), {server.address(), 2222}, to.read.get(),
                                               from.write.get(), wait);
  REQUIRE(channel);
  CHECK(greeting_on(from.read.get()) == "SSH-2.0-");
  CHECK(!mux::open_stdio_forward((*master)->socket(), {server.address(), 1}, to.read.get(), from.write.get(),
                                 wait));
  CHECK(server.logins() == 1);

  REQUIRE(mux::terminate((*master)->socket(), wait));
  (*master)->cause_of_end(); // waits for it
  CHECK(mux::check_alive((*master)->socket(), wait).error().cause == Cause::network);
}
