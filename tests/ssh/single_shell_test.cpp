// One ssh for each command: the fallback must tell apart what the multiplexing protocol tells apart.
#include <csignal>
#include <random>

#include <unistd.h>

#include "ssh/connections.hpp"
#include "ssh/marked_command.hpp"
#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::run;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

std::shared_ptr<RemoteShell> single(SshWorld& world, const std::string& host) {
  Client client = world.client();
  client.multiplexing = false;
  world.use(client);
  return world.shell(host);
}

} // namespace

TEST_CASE("ssh single: marks are taken out of any pieces, and what only looks like one is left") {
  const std::string marker = "deployctl-0123";
  const std::string text = "a\ndeployctl-0123 begins\nwarn deployctl-01 deploy\ndeployctl-0123 ended 255\n";
  std::mt19937 dice(7);
  for (int round = 0; round < 500; ++round) {
    MarkFilter filter(marker);
    std::string passed;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + dice() % 12;
      passed += filter.feed(text.substr(at, size));
      at += size;
    }
    passed += filter.finish();
    REQUIRE(passed == "a\nwarn deployctl-01 deploy\n");
    REQUIRE(filter.has_begun());
    REQUIRE(filter.exit_code() == 255);
  }
  MarkFilter cut(marker);
  CHECK(cut.feed("bye deployctl-0") == "bye ");
  CHECK(cut.finish() == "deployctl-0");
  CHECK(!cut.exit_code());
}

TEST_CASE("ssh single: exit codes, 255 too, and both outputs, for every login shell") {
  SshWorld world;
  int count = 0;
  for (const char* const login : {"/bin/dash", "/usr/bin/fish", "/bin/csh", "/usr/bin/busybox sh"}) {
    const SshServer& server =
        world.add("web" + std::to_string(++count),
                  {.settings = std::string("ForceCommand exec ") + login + " -c \"$SSH_ORIGINAL_COMMAND\""});
    INFO(login);
    for (const int code : {0, 7, 255}) {
      const auto result = run(*single(world, server.address()),
                              "/bin/sh -c 'printf %s \"a!b\\$c*\"; echo \"err  %d\" >&2; exit \"$1\"' x " +
                                  std::to_string(code));
      REQUIRE(result);
      CHECK(result->out == "a!b$c*");
      CHECK(result->err == "err  %d\n");
      CHECK(result->end.how == SessionEnd::How::exited);
      CHECK(result->end.exit_code == code);
    }
  }
}

TEST_CASE("ssh single: input arrives, and its end does") {
  SshWorld world;
  const auto shell = single(world, world.add("web").address());
  auto session = shell->start("cat; echo end", {});
  REQUIRE(session);
  REQUIRE(::write((*session)->streams().input.get(), "a\nb\n", 4) == 4);
  CHECK(tests::finish(**session).out == "a\nb\nend\n");
}

TEST_CASE("ssh single: killed over there, lost, refused and unknown are told apart") {
  SshWorld world;
  SshServer& server = world.add("web");
  const auto shell = single(world, server.address());
  const auto killed = run(*shell, "kill -9 $$"); // the shell that would tell the code
  REQUIRE(killed);
  CHECK(killed->end.how == SessionEnd::How::killed);

  auto session = shell->start("exec sleep 600", {});
  REQUIRE(session);
  for (const pid_t pid : server.sessions()) ::kill(pid, SIGKILL);
  const auto lost = (*session)->wait({});
  REQUIRE(lost);
  CHECK(lost->how == SessionEnd::How::lost);
  CHECK(lost->cause.find(server.address() + ": ") == 0);

  session->reset(); // before its connections
  server.stop();
  CHECK(run(*shell, "true").error().message == server.address() + ": the connection was refused");
  const SshServer& closed = world.add("closed", {.settings = "AuthorizedKeysFile /dev/null"});
  CHECK(run(*single(world, closed.address()), "true").error().cause == Cause::auth);
  const SshServer& unknown = world.add("unknown", {}, false);
  CHECK(run(*single(world, unknown.address()), "true").error().cause == Cause::tls);
}

TEST_CASE("ssh single: the end of a session ends its ssh, and a stop its wait") {
  SshWorld world;
  const SshServer& server = world.add("web");
  const auto shell = single(world, server.address());
  auto session = shell->start("exec cat", {});
  REQUIRE(session);
  std::stop_source source;
  std::jthread stopper([&source] { source.request_stop(); });
  CHECK((*session)->wait(source.get_token()).error().cause == Cause::cancelled);
  session->reset();
  os::BoundedWait wait(world.clock, Milliseconds(20'000), {}, "the server's session to end");
  while (!server.sessions().empty()) REQUIRE(wait.pause(Milliseconds(10)));
}

TEST_CASE("ssh single: dropped logins are tried again by fewer") {
  SshWorld world;
  const SshServer& server = world.add("web", {.settings = "MaxStartups 2:80:4"});
  const auto shell = single(world, server.address());
  std::vector<Result<tests::Finished>> results(8, tests::Finished{});
  std::vector<std::jthread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = run(*shell, "echo ok"); });
  threads.clear();
  for (const auto& result : results) {
    if (!result) FAIL(result.error().message);
    CHECK(result->out == "ok\n");
  }
  CHECK(server.logins() == 8);
}
