// The port Hosts over real sshd processes, over one connection and by one ssh for each command: leashed
// commands and transfers, also when the connection fails under them.
#include "ssh/ssh_hosts.hpp"

#include <array>
#include <csignal>
#include <filesystem>
#include <random>
#include <thread>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/crypto.hpp"
#include "ssh/connections.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using deployctl::tests::ServerOptions;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

struct Fixture {
  SshWorld world;
  bool multiplexing = GENERATE(true, false);

  Fixture() {
    ::signal(SIGPIPE, SIG_IGN); // NOLINT: as in the product, where os/signals.hpp does it
    ssh::Client client = world.client();
    client.multiplexing = multiplexing;
    world.use(client);
  }
  ssh::SshHosts hosts() { return {world.clock, world.random, world.connections()}; }
};

Host host_at(const SshServer& server) {
  return {.name = "web-1", .user = "", .address = server.address(), .port = 0, .vars = {}};
}

// Does something to the world when the command says its first line, and remembers it.
class AtFirstLine final : public LineSink {
public:
  explicit AtFirstLine(std::function<void()> action) : action_(std::move(action)) {}
  void line(Stream, std::string_view text) override {
    if (said.empty()) action_();
    said += text;
  }
  std::string said;

private:
  std::function<void()> action_;
};

bool is_gone(int pid) {
  const os::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  return !process.is_open() || ::poll(&ended, 1, 30'000) == 1;
}

HostCommand command(std::string script) {
  HostCommand made{.operation = "switch", .script = std::move(script)};
  return made;
}

} // namespace

TEST_CASE_METHOD(Fixture, "ssh hosts: a command gets its data and gives its end") {
  const SshServer& server = world.add("web");
  auto remote = hosts();
  HostCommand made = command(R"(printf '%s|' "$@" "$VALUE"; cat; echo err >&2; exit 255)");
  made.arguments = {"it's", "$(id)", "\xff\n"};
  made.environment = {{"VALUE", "`x`"}};
  made.input = std::string(300'000, 'i');
  const auto result = remote.run(host_at(server), made, {});
  REQUIRE(result);
  CHECK(result->exit_code == 255);
  CHECK(result->out == "it's|$(id)|\xff\n|`x`|" + std::string(300'000, 'i'));
  CHECK(result->err == "err\n");
  CHECK(server.logins() == 1);
}

TEST_CASE_METHOD(Fixture, "ssh hosts: every metacharacter arrives literally, whatever the login shell is") {
  std::mt19937 dice(20'26); // NOLINT: the same cases every time
  const auto nasty = [&dice] {
    static constexpr std::array<std::string_view, 18> parts = {
        "'",  "\"", "\\", "$(id)", "`id`",    "\n", "!!", "*", "\xff\xfe",
        "%s", "-n", "\r", "a b",   "${HOME}", "\t", ";",  "(", "~"};
    std::string text;
    for (int i = 0; i < 12; ++i) text += parts.at(dice() % parts.size());
    return text;
  };
  auto remote = hosts();
  for (const std::string shell : {"/bin/dash", "/bin/bash", "/usr/bin/busybox sh", "/usr/bin/fish"}) {
    if (!std::filesystem::exists(shell.substr(0, shell.find(' ')))) {
      WARN("left out: " << shell);
      continue;
    }
    const SshServer& server =
        world.add("web" + std::to_string(dice()),
                  {.settings = "ForceCommand exec " + shell + " -c \"$SSH_ORIGINAL_COMMAND\""});
    for (int round = 0; round < 3; ++round) {
      HostCommand made = command(R"(printf '%s|' "$#" "$@" "$VALUE"; cat; exit 7)");
      made.arguments = {nasty(), "", "-n", nasty() + "\n"};
      made.environment = {{"VALUE", nasty()}};
      made.input = nasty();
      INFO(shell << ": " << made.arguments[0]);
      const auto result = remote.run(host_at(server), made, {});
      REQUIRE(result);
      CHECK(result->exit_code == 7);
      CHECK(result->out == "4|" + made.arguments[0] + "||-n|" + made.arguments[3] + "|" +
                               *made.environment["VALUE"].plain() + "|" + *made.input.plain());
    }
  }
}

TEST_CASE_METHOD(Fixture, "ssh hosts: a stop and a timeout leave no process on the host") {
  const SshServer& server = world.add("web");
  auto remote = hosts();
  std::stop_source stop;
  AtFirstLine stopping([&] { stop.request_stop(); });
  HostCommand made = command("sleep 1000 & echo $!; wait");
  made.output = &stopping;
  const auto stopped = remote.run(host_at(server), made, stop.get_token());
  REQUIRE(stopped);
  CHECK(stopped->cancelled);
  CHECK(is_gone(std::stoi(stopping.said)));

  made.output = nullptr;
  made.timeout = Milliseconds(1'500);
  const auto late = remote.run(host_at(server), made, {});
  REQUIRE(late);
  CHECK(late->timed_out);
  CHECK(is_gone(std::stoi(late->out)));
}

TEST_CASE_METHOD(Fixture, "ssh hosts: every byte arrives literally, whatever shell the login has") {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  const std::string nasty = "$(id) `id` ${HOME} \\' \" !! * ~ %s \\n; # <>|&";
  int count = 0;
  for (const char* const login : {"/bin/dash", "/bin/bash", "/usr/bin/busybox sh", "/usr/bin/fish"}) {
    const SshServer& server =
        world.add("web" + std::to_string(++count),
                  {.settings = std::string("ForceCommand exec ") + login + " -c \"$SSH_ORIGINAL_COMMAND\""});
    auto remote = hosts();
    HostCommand made = command(R"(printf '%s|' "$#" "$@" "$VALUE"; cat)");
    made.arguments = {bytes, nasty, "", "-n"};
    made.environment = {{"VALUE", bytes + nasty}};
    made.input = nasty + bytes;
    const auto result = remote.run(host_at(server), made, {});
    INFO(login);
    REQUIRE(result);
    CHECK(result->out == "4|" + bytes + "|" + nasty + "||-n|" + bytes + nasty + "|" + nasty + bytes);
    CHECK(result->err.empty());
  }
}

TEST_CASE_METHOD(Fixture, "ssh hosts: a connection lost under a command is told, and ends it over there") {
  const SshServer& server = world.add("web");
  auto remote = hosts();
  AtFirstLine cutting([&] {
    for (const pid_t session : server.sessions()) ::kill(session, SIGKILL);
  });
  HostCommand made = command("sleep 1000 & echo $!; wait");
  made.output = &cutting;
  const auto lost = remote.run(host_at(server), made, {});
  REQUIRE_FALSE(lost);
  CHECK(lost.error().cause == Cause::network);
  CHECK(lost.error().message.starts_with("the connection was lost during 'switch' on 'web-1': "));
  CHECK_FALSE(lost.error().retryable);
  CHECK(is_gone(std::stoi(cutting.said)));
  CHECK(remote.run(host_at(server), command("echo back"), {})->out == "back\n");
}

TEST_CASE_METHOD(Fixture, "ssh hosts: files arrive over the same connection, and only what differs is sent") {
  const SshServer& server = world.add("web");
  auto remote = hosts();
  const std::string big(5'000'000, 'b');
  HostTransfer transfer{.operation = "upload", .destination = world.path("to"), .files = {}};
  for (const auto& [name, bytes] : std::map<std::string, std::string>{{"bin/app", big}, {"etc/conf", "x"}})
    transfer.files.push_back({.name = name,
                              .source = world.scratch().write("source-" + sha256_hex(bytes), bytes),
                              .sha256 = sha256_hex(bytes),
                              .mode = 0640,
                              .link = {}});
  transfer.files.push_back({.name = "now", .source = {}, .sha256 = {}, .mode = 0, .link = "bin/app"});
  REQUIRE(remote.transfer(host_at(server), transfer, {}));
  CHECK(world.scratch().read("to/now") == big);
  REQUIRE(remote.transfer(host_at(server), transfer, {}));
  if (multiplexing) CHECK(server.logins() == 1);
}

TEST_CASE_METHOD(Fixture, "ssh hosts: more commands at once than the server takes sessions") {
  const SshServer& server = world.add("web", ServerOptions{.settings = "MaxSessions 2\n"});
  auto remote = hosts();
  std::vector<std::string> said(8);
  std::vector<std::jthread> threads;
  threads.reserve(said.size());
  for (std::string& out : said)
    threads.emplace_back(
        [&] { out = remote.run(host_at(server), command("echo done"), {}).value_or(HostResult{}).out; });
  threads.clear();
  for (const std::string& out : said) CHECK(out == "done\n");
  if (multiplexing) CHECK(server.logins() == 1);
}
