// Many hosts at once. What it costs beside other tools is measured in tests/bench.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "ssh_server.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::SshServer;
using deployctl::tests::SshWorld;

namespace {

bool is_true_on(Connections& connections, const std::string& host) {
  const auto shell = connections.shell({.name = host, .address = host}, {});
  if (!shell) return false;
  const auto session = (*shell)->start("true", {});
  if (!session) return false;
  (*session)->streams().input.close();
  const auto end = (*session)->wait({});
  return end && end->how == SessionEnd::How::exited && end->exit_code == 0;
}

// On how many hosts `true` came back with 0, fifty at a time.
std::size_t answering(Connections& connections, const std::vector<std::string>& hosts) {
  constexpr std::size_t at_once = 50;
  std::atomic<std::size_t> next = 0;
  std::atomic<std::size_t> done = 0;
  std::vector<std::jthread> workers;
  for (std::size_t i = 0; i < at_once; ++i)
    workers.emplace_back([&] {
      for (std::size_t at = next++; at < hosts.size(); at = next++)
        if (is_true_on(connections, hosts[at])) ++done;
    });
  workers.clear();
  return done;
}

// Processes that this one started and that are not waited for.
std::size_t own_children() {
  std::size_t count = 0;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;) ++count;
  }
  return count;
}

} // namespace

TEST_CASE("ssh fan-out: commands on 200 hosts are one login each, and nothing is left behind") {
  constexpr int count = 200;
  SshWorld world;
  std::vector<const SshServer*> servers;
  std::vector<std::string> hosts;
  for (int i = 0; i < count; ++i) {
    servers.push_back(&world.add("web-" + std::to_string(i)));
    hosts.push_back(servers.back()->address());
  }
  const std::size_t children = own_children();
  Client patient = world.client(); // fifty logins share the machine with their servers
  patient.connect_timeout = Milliseconds(120'000);
  patient.keepalive = Milliseconds(60'000);
  world.use(patient);
  CHECK(answering(world.connections(), hosts) == hosts.size());
  CHECK(answering(world.connections(), hosts) == hosts.size());
  world.disconnect();
  CHECK(own_children() == children);
  CHECK(world.left_directories() == 0);
  os::BoundedWait wait(world.clock, Milliseconds(60'000), {}, "the end of the sessions");
  for (const SshServer* const server : servers) {
    while (!server->sessions().empty()) REQUIRE(wait.pause(Milliseconds(10)));
    CHECK(server->logins() == 1);
  }
}
