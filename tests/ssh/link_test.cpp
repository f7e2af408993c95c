// Links that are cut: hosts in network namespaces of their own. Needs root; without, the cases are left out.
#include <csignal>
#include <filesystem>
#include <thread>

#include <unistd.h>

#include <fmt/core.h>

#include "os/child.hpp"
#include "ssh/connections.hpp"
#include "ssh/ssh_hosts.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::run;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

int ip(const std::vector<std::string>& words) {
  const SystemClock clock;
  os::ChildEnvironment variables;
  REQUIRE(variables.set("PATH", Text("/usr/sbin:/usr/bin:/sbin:/bin")));
  std::vector<std::string> argv{"ip"};
  argv.insert(argv.end(), words.begin(), words.end());
  const os::ChildRequest request{.argv = argv,
                                 .environment = variables,
                                 .directory = "/",
                                 .input = {},
                                 .timeout = Milliseconds(20'000),
                                 .grace = Milliseconds(1'000),
                                 .capture_limit = 4096};
  const auto result = os::run_child(clock, request, {});
  return result ? result->exit_code : -1;
}

// A namespace with one link to us; removed at the end.
class Namespace {
public:
  Namespace() {
    static int count = 0; // a link's name is free only some time after its namespace is gone
    const int number = ::getpid() % 0xffff;
    name_ = fmt::format("dctl-{}-{}", number, ++count);
    link_ = fmt::format("dc{}-{}", number, count);
    network_ = fmt::format("10.{}.{}.", 100 + (number >> 8) % 100, number & 0xff);
    available_ = ::getuid() == 0 && ip({"netns", "add", name_}) == 0;
    if (!available_) return;
    available_ = ip({"link", "add", link_, "type", "veth", "peer", "name", "host", "netns", name_}) == 0 &&
                 ip({"addr", "add", network_ + "1/30", "dev", link_}) == 0 &&
                 ip({"link", "set", link_, "up"}) == 0 &&
                 inside({"addr", "add", address() + "/30", "dev", "host"}) == 0 &&
                 inside({"link", "set", "host", "up"}) == 0;
  }
  ~Namespace() {
    ip({"netns", "del", name_}); // with its end of the link, and so the link
  }
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  [[nodiscard]] bool is_available() const { return available_; }
  [[nodiscard]] std::string address() const { return network_ + "2"; }
  [[nodiscard]] std::vector<std::string> words() const { return {"ip", "netns", "exec", name_}; }
  // What comes from there is dropped without a word.
  void cut() const { REQUIRE(inside({"route", "add", "blackhole", network_ + "1/32"}) == 0); }
  void mend() const { REQUIRE(inside({"route", "del", "blackhole", network_ + "1/32"}) == 0); }

private:
  [[nodiscard]] int inside(std::vector<std::string> words) const {
    words.insert(words.begin(), {"-n", name_});
    return ip(words);
  }

  std::string name_;
  std::string link_;
  std::string network_;
  bool available_ = false;
};

} // namespace

TEST_CASE("tough 4: ssh link: a cut link is a lost host, a silent one times out, and both come back") {
  const Namespace far;
  if (!far.is_available()) {
    WARN("left out: network namespaces need root");
    return;
  }
  SshWorld world;
  const SshServer& server =
      world.add("web", {.settings = "", .address = far.address(), .inside = far.words()});
  Client client = world.client();
  client.connect_timeout = Milliseconds(1'000);
  client.multiplexing = GENERATE(true, false);
  INFO(client.multiplexing);
  world.use(client);
  const auto shell = world.shell(server.address());
  auto session = shell->start("exec cat", {});
  REQUIRE(session);

  far.cut();
  const auto end = (*session)->wait({});
  REQUIRE(end);
  CHECK(end->how == SessionEnd::How::lost);
  CHECK(end->cause == far.address() + ": it stopped answering and the connection was given up");
  const auto silent = run(*shell, "true");
  REQUIRE(!silent);
  CHECK(silent.error().message == far.address() + ": the connection timed out");

  far.mend();
  CHECK(run(*shell, "echo back")->out == "back\n");
}

TEST_CASE("tough 4: ssh link: when the link never comes back, the host's own clock ends the command") {
  const Namespace far;
  if (!far.is_available()) {
    WARN("left out: network namespaces need root");
    return;
  }
  SshWorld world;
  const SshServer& server =
      world.add("web", {.settings = "", .address = far.address(), .inside = far.words()});
  const std::string begun = world.path("begun");
  SshHosts hosts(world.clock, world.random, world.connections());
  HostCommand command{.operation = "step", .script = R"(echo "$$" >"$1.new"; mv "$1.new" "$1"; sleep 1000)"};
  command.arguments = {begun};
  command.timeout = Milliseconds(4'000);
  const Host host{.name = "web", .user = "", .address = server.address(), .port = 0, .vars = {}};
  std::jthread run([&] { (void)hosts.run(host, command, {}); });
  os::BoundedWait wait(world.clock, Milliseconds(120'000), {}, "the command and its end");
  while (!std::filesystem::exists(begun)) REQUIRE(wait.pause(Milliseconds(20)));
  far.cut();
  const pid_t process = std::stoi(world.scratch().read("begun"));
  while (::kill(process, 0) == 0) REQUIRE(wait.pause(Milliseconds(100)));
}
