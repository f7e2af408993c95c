// What a plan says of the host under an engine: a port that somebody else has, and a disk too small for the
// image that would be sent there.
#include <catch2/catch.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/host_state.hpp>

#include "net/loopback_server.hpp"
#include "providers/container_bench.hpp"
#include "providers/host_script.hpp"

using namespace deployctl;
using tests::ContainerBench;
using tests::Received;
using tests::Reply;
using tests::StrictEngine;

namespace {

const std::string sent_image = "sha256:" + std::string(64, 'c');

// Says what the test wants said, and remembers what it was asked.
class TellingHosts final : public Hosts {
public:
  Result<HostResult> run(const Host&, const HostCommand& command, std::stop_token) override {
    asked.push_back(command);
    if (error) return fail(*error);
    return HostResult{.exit_code = exit_code, .out = out};
  }
  Status transfer(const Host&, const HostTransfer&, std::stop_token) override {
    return fail(Cause::internal, "nothing is transferred");
  }

  std::string out;
  int exit_code = 0;
  std::optional<Error> error;
  std::vector<HostCommand> asked;
};

struct HostOutlook {
  explicit HostOutlook(const std::string& said) {
    auto telling = std::make_unique<TellingHosts>();
    hosts = telling.get();
    hosts->out = said;
    bench.other_hosts = std::move(telling);
    bench.server().rule = [](const Received& received) -> std::optional<Reply> {
      if (received.target.find("/info") == std::string::npos) return std::nullopt;
      return Reply{.status = 200, .body = R"({"DockerRootDir":"/var/lib/docker"})"};
    };
  }
  std::vector<std::string> blocked(const Value::Map& more) {
    Value::Map inputs = {{"image", StrictEngine::image}, {"name", "api"}, {"command", Value::List{"sleep"}}};
    for (const auto& [name, value] : more) inputs[name] = value;
    const auto seen = bench.observe(bench.ask(inputs));
    if (!seen) FAIL(seen.error().message);
    return state_in(seen->facts).blocked;
  }
  Value::Map sent(std::size_t size) {
    bench.write("api.tar", std::string(size, 'x'));
    return {{"image", sent_image}, {"archive", bench.file("api.tar")}};
  }

  ContainerBench bench{"docker.service"};
  TellingHosts* hosts = nullptr;
};

} // namespace

TEST_CASE("docker host outlook: a port that a program outside of all containers holds blocks the host") {
  HostOutlook outlook("taken 8080\n");
  CHECK(outlook.blocked({{"ports", Value::List{"8080:80"}}}) ==
        std::vector<std::string>{"port 8080 is held by a program that is no container"});
  REQUIRE(outlook.hosts->asked.size() == 1);
  CHECK(outlook.hosts->asked.front().arguments == std::vector<std::string>{"", "8080"});
}

TEST_CASE("docker host outlook: a port of the service's own container is not asked for") {
  HostOutlook outlook("taken 8080\n");
  const Value::Map ports = {{"ports", Value::List{"8080:80"}}};
  REQUIRE(outlook.bench.deploy(outlook.bench.ask({{"image", StrictEngine::image},
                                                  {"name", "api"},
                                                  {"command", Value::List{"sleep"}},
                                                  {"ports", Value::List{"8080:80"}}})));
  outlook.hosts->asked.clear();
  CHECK(outlook.blocked(ports).empty());
  CHECK(outlook.hosts->asked.empty());
}

TEST_CASE("docker host outlook: one address's ports, those of UDP and a service without any ask nothing") {
  HostOutlook outlook("taken 8080\n");
  CHECK(outlook.blocked({{"ports", Value::List{"127.0.0.1:8080:80", "8080:80/udp"}}}).empty());
  CHECK(outlook.blocked({}).empty());
  CHECK(outlook.hosts->asked.empty());
}

TEST_CASE("docker host outlook: an archive needs twice its size where the engine keeps its images") {
  HostOutlook outlook("disk 2047 /var/lib/docker\n");
  const auto blocked = outlook.blocked(outlook.sent(1 << 20));
  CHECK(blocked == std::vector<std::string>{
                       "its image needs 2MiB while it is loaded, and 2047KiB are free on /var/lib/docker"});
  REQUIRE(outlook.hosts->asked.size() == 1);
  CHECK(outlook.hosts->asked.front().arguments == std::vector<std::string>{"/var/lib/docker"});
  outlook.hosts->out = "disk 2048 /var/lib/docker\n";
  CHECK(outlook.blocked(outlook.sent(1 << 20)).empty());
}

TEST_CASE("docker host outlook: an image that is there needs no room") {
  HostOutlook outlook("disk 1 /\n");
  Value::Map inputs = outlook.sent(1 << 20);
  inputs["image"] = StrictEngine::image;
  CHECK(outlook.blocked(inputs).empty());
  CHECK(outlook.hosts->asked.empty());
}

TEST_CASE("docker host outlook: a host that gives no command, and an answer without sense, stop nobody") {
  HostOutlook outlook("");
  const Value::Map ports = {{"ports", Value::List{"8080:80"}}};
  outlook.hosts->exit_code = 127;
  CHECK(outlook.blocked(ports).empty());
  outlook.hosts->exit_code = 0;
  outlook.hosts->out = "disk\ndisk x /\ndisk 5\nThis account is for deployments only.\n";
  CHECK(outlook.blocked(outlook.sent(1 << 20)).empty());
  CHECK(outlook.hosts->asked.size() == 2);
}

TEST_CASE("docker host outlook: the script finds a listener of this machine, and its room") {
  tests::LoopbackServer server([](const Received&) { return Reply{.body = "ok"}; });
  HostOutlook outlook("");
  REQUIRE(outlook.blocked({{"ports", Value::List{"8080:80"}}}).empty());
  HostCommand command = outlook.hosts->asked.front();
  command.arguments = {"/no/such/folder", std::to_string(server.port())};
  const SystemClock clock;
  os::LocalHosts here(clock, {{"PATH", "/usr/bin:/bin"}});
  const auto said = here.run(tests::local_host(), command, {});
  REQUIRE(said);
  const auto lines = providers::key_lines(said->out);
  REQUIRE(lines.size() == 2);
  CHECK(lines.at(0).key == "disk");
  CHECK(lines.at(0).rest.ends_with(" /"));
  CHECK(lines.at(1).key == "taken");
  CHECK(lines.at(1).rest == std::to_string(server.port()));
}
