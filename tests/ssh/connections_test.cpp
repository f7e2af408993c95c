// Connections over real sshd processes: each case is something that happens to hosts.
#include "ssh/connections.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "ssh/log_causes.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::Finished;
using deployctl::tests::run;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

// Of the runs of this command on a shell, at the same time, each on a thread.
std::vector<Result<Finished>> run_at_once(RemoteShell& shell, const std::string& line, std::size_t count) {
  std::vector<Result<Finished>> results(count, Finished{});
  std::vector<std::jthread> threads;
  threads.reserve(count);
  for (Result<Finished>& result : results) threads.emplace_back([&] { result = run(shell, line); });
  threads.clear();
  return results;
}

} // namespace

TEST_CASE("tough 12: ssh: commands of a host go over one login, and their exit codes are told, 255 too") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  for (const int code : {0, 7, 255}) {
    const auto result = run(*shell, "echo out; echo err >&2; exit " + std::to_string(code));
    REQUIRE(result);
    CHECK(result->end.how == SessionEnd::How::exited);
    CHECK(result->end.exit_code == code);
    CHECK(result->out == "out\n");
    CHECK(result->err == "err\n");
  }
  CHECK(server.logins() == 1);
}

TEST_CASE("ssh: input arrives, and its end does") {
  SshWorld world;
  const auto shell = world.shell(world.add("web").address());
  auto session = shell->start("cat; echo end", {});
  REQUIRE(session);
  REQUIRE(::write((*session)->streams().input.get(), "a\nb\n", 4) == 4);
  CHECK(tests::finish(**session).out == "a\nb\nend\n");
}

TEST_CASE("tough 11: ssh: a command killed over there is neither a success nor a lost host") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  const auto killed = run(*shell, "kill -9 $$");
  REQUIRE(killed);
  CHECK(killed->end.how == SessionEnd::How::killed);
  CHECK(run(*shell, "true")->end.how == SessionEnd::How::exited);
  CHECK(server.logins() == 1);
}

TEST_CASE("ssh: a host that is lost during a command is told so, and reached again by the next one") {
  SshWorld world;
  SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  auto session = shell->start("echo started; exec sleep 600", {});
  REQUIRE(session);
  char byte = 0;
  REQUIRE(::read((*session)->streams().output.get(), &byte, 1) == 1);
  for (const pid_t pid : server.sessions()) ::kill(pid, SIGKILL);
  const auto end = (*session)->wait({});
  REQUIRE(end);
  CHECK(end->how == SessionEnd::How::lost);
  CHECK(end->cause.find(server.address() + ": ") == 0); // closed or broken, as ssh came to see it

  CHECK(run(*shell, "echo back")->out == "back\n");
  CHECK(server.logins() == 2);
}

TEST_CASE("tough 1: ssh: a host that hangs during a command is lost after three silences") {
  SshWorld world;
  SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  auto session = shell->start("exec sleep 600", {});
  REQUIRE(session);
  const auto frozen = server.sessions();
  for (const pid_t pid : frozen) ::kill(pid, SIGSTOP);
  const auto end = (*session)->wait({});
  for (const pid_t pid : frozen) ::kill(pid, SIGKILL);
  REQUIRE(end);
  CHECK(end->how == SessionEnd::How::lost);
  CHECK(end->cause == server.address() + ": it stopped answering and the connection was given up");
  CHECK(run(*shell, "echo back")->out == "back\n");
}

TEST_CASE("ssh: first commands at the same time share one login") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  for (const auto& result : run_at_once(*shell, "echo ok", 20)) {
    REQUIRE(result);
    CHECK(result->out == "ok\n");
  }
  CHECK(server.logins() == 1);
}

TEST_CASE("tough 13: ssh: a server with a low MaxSessions is slower, and logged in to once") {
  SshWorld world;
  const SshServer& server = world.add("web", {.settings = "MaxSessions 2"});
  const auto shell = world.shell(server.address());
  for (const auto& result : run_at_once(*shell, "echo ok", 12)) {
    if (!result) FAIL(result.error().message);
    CHECK(result->out == "ok\n");
  }
  CHECK(server.logins() == 1);
}

TEST_CASE("ssh: a refused login is one attempt, also for those that ask later") {
  SshWorld world;
  const SshServer& server = world.add("web", {.settings = "AuthorizedKeysFile /dev/null"});
  const auto shell = world.shell(server.address());
  const auto first = run(*shell, "true");
  REQUIRE(!first);
  CHECK(first.error().cause == Cause::auth);
  CHECK(first.error().message == server.address() + ": the login was refused");
  CHECK(run(*shell, "true").error().cause == Cause::auth);
  CHECK(server.attempts_at_end(world.clock) == 1);
}

TEST_CASE("ssh: a host whose key nobody knows is refused, and accepted where that was asked for") {
  SshWorld world;
  const SshServer& server = world.add("web", {}, false);
  const auto refused = run(*world.shell(server.address()), "true");
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::tls);
  CHECK(refused.error().message == server.address() + ": its host key is not known");
  CHECK(server.logins() == 0);

  Client accepting = world.client();
  accepting.new_hosts = NewHosts::accept;
  world.use(accepting);
  CHECK(run(*world.shell(server.address()), "echo ok")->out == "ok\n");
}

TEST_CASE("tough 5: ssh: a changed host key stops only this host, shows both keys and tries no login") {
  SshWorld world;
  SshServer& changed = world.add("changed");
  const SshServer& other = world.add("other");
  const std::string before = fingerprint_of(changed.known_hosts_line()).value();
  changed.replace_key();
  const std::string after = fingerprint_of(changed.known_hosts_line()).value();
  const auto refused = run(*world.shell(changed.address()), "true");
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::tls);
  CHECK(refused.error().message == "the host key of '" + changed.address() + "' has changed: " + before +
                                       " is known (" + world.path("known_hosts") + ":1), it showed " + after);
  CHECK(changed.logins() == 0);
  CHECK(changed.log().find("Failed publickey") == std::string::npos);
  CHECK(run(*world.shell(other.address()), "echo ok")->out == "ok\n");
}

TEST_CASE("ssh: what cannot be reached is told as ssh names it") {
  SshWorld world;
  SshServer& server = world.add("web");
  server.stop();
  const auto refused = run(*world.shell(server.address()), "true");
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::network);
  CHECK(refused.error().message == server.address() + ": the connection was refused");
  CHECK(run(*world.shell("nowhere.invalid"), "true").error().message ==
        "nowhere.invalid: its name could not be resolved");
  server.start();
  CHECK(run(*world.shell(server.address()), "echo up")->out == "up\n");
  CHECK(!world.connections().shell({.name = "x", .address = "-oProxyCommand=true"}, {}));
}

TEST_CASE("ssh: a stop ends the wait for a login and for a command") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto shell = world.shell(server.address());
  auto session = shell->start("exec sleep 600", {});
  REQUIRE(session);
  std::stop_source source;
  std::jthread stopper([&source] { source.request_stop(); });
  CHECK((*session)->wait(source.get_token()).error().cause == Cause::cancelled);
  CHECK(world.shell("127.0.0.1")->start("true", source.get_token()).error().cause == Cause::cancelled);
}

TEST_CASE("ssh: nothing is left when the connections end") {
  SshWorld world;
  const SshServer& server = world.add("web");
  REQUIRE(run(*world.shell(server.address()), "true"));
  world.disconnect();
  CHECK(world.left_directories() == 0);
  os::BoundedWait wait(world.clock, Milliseconds(20'000), {}, "the server's session to end");
  while (!server.sessions().empty()) REQUIRE(wait.pause(Milliseconds(10)));
}

TEST_CASE("ssh: nothing is left when we are killed") {
  SshWorld world;
  const SshServer& server = world.add("web");
  os::Pipe ready = os::open_pipe().value();
  const pid_t child = ::fork();
  if (child == 0) {
    const auto session = world.shell(server.address())->start("exec sleep 600", {});
    (void)!::write(ready.write.get(), session ? "y" : "n", 1);
    for (;;) ::pause();
  }
  char answer = '\0';
  REQUIRE(::read(ready.read.get(), &answer, 1) == 1);
  CHECK(answer == 'y');
  CHECK(server.sessions().size() == 1);
  ::kill(child, SIGKILL);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  os::BoundedWait wait(world.clock, Milliseconds(20'000), {}, "the master to end");
  while (!server.sessions().empty() || world.left_directories() != 0) REQUIRE(wait.pause(Milliseconds(10)));
}

TEST_CASE("ssh: a login that waits for the touch of a hardware key is told, with the host's name") {
  SshWorld world;
  const SshServer& server = world.add("web");
  // Stands before ssh and asks as ssh does before a key is touched; the login itself is a real one.
  world.scratch().write("ssh",
                        "#!/bin/sh\nSSH_ASKPASS_PROMPT=none \"$SSH_ASKPASS\" 'Confirm user presence for key "
                        "ED25519-SK SHA256:abc' || exit 1\n\"$SSH_ASKPASS\" 'Password:' && exit 1\n"
                        "exec /usr/bin/ssh \"$@\"\n");
  std::filesystem::permissions(world.path("ssh"), std::filesystem::perms::owner_all);
  Client client = world.client();
  client.program = world.path("ssh");
  std::mutex mutex;
  std::vector<std::string> told;
  client.ask_touch = [&](const std::string& host, const std::string& question) {
    const std::lock_guard lock(mutex);
    told.push_back(host + ": " + question);
  };
  world.use(client);
  const auto result = run(*world.shell(server.address()), "echo out");
  REQUIRE(result);
  CHECK(result->out == "out\n");
  const std::lock_guard lock(mutex);
  CHECK(told ==
        std::vector<std::string>{server.address() + ": Confirm user presence for key ED25519-SK SHA256:abc"});
}
