// Containers on a host that is not this machine: its engine behind a socket of this machine, why one does not
// answer, health asked as the host sees it, and images that are carried there.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/members.hpp"
#include "net/loopback_server.hpp"
#include "providers/container_bench.hpp"
#include "providers/docker/engine_access.hpp"

using namespace deployctl;
using tests::ContainerBench;
using tests::LoopbackServer;
using tests::Received;
using tests::Reply;
using tests::StrictEngine;

namespace {

// The ways to listeners of a host, as the test lays them.
struct Ways {
  std::map<std::string, std::string> paths; // by "web-1 /run/docker.sock", "web-1 127.0.0.1 port 8000"
  std::vector<std::string> asked;
};

providers::Surroundings surroundings_of(const std::shared_ptr<Ways>& ways) {
  providers::Surroundings surroundings;
  surroundings.host_way = [ways](const Host& host, const providers::Listener& listener,
                                 const std::stop_token&) -> Result<std::string> {
    std::string wanted = host.name + " " + listener.address;
    if (listener.port != 0) wanted += " port " + std::to_string(listener.port);
    ways->asked.push_back(wanted);
    const auto found = ways->paths.find(wanted);
    if (found == ways->paths.end()) return fail(Cause::network, "no way to " + wanted);
    return found->second;
  };
  return surroundings;
}

// The host's commands run here, with the answer that the test wants where it wants one.
class StandInHosts final : public Hosts {
public:
  Result<HostResult> run(const Host&, const HostCommand& command, std::stop_token stop) override {
    if (!out.empty()) return HostResult{.out = out};
    return hosts_.run(tests::local_host(), command, stop);
  }
  Status transfer(const Host&, const HostTransfer&, std::stop_token) override {
    return fail(Cause::internal, "nothing is transferred");
  }

  std::string out;

private:
  SystemClock clock_;
  os::LocalHosts hosts_{clock_, {{"PATH", "/usr/bin:/bin"}}};
};

class FarBench {
public:
  explicit FarBench(const std::string& action = "docker.service")
      : bench(action, surroundings_of(ways)), socket(bench.server().socket()) {
    ways->paths["web-1 " + socket] = socket;
    auto hosts = std::make_unique<StandInHosts>();
    stand_in = hosts.get();
    bench.other_hosts = std::move(hosts);
  }

  Ask ask(const Value::Map& inputs) const {
    Ask asked = bench.ask(inputs, "web-1");
    asked.target.host = Host{.name = "web-1", .user = "deploy", .address = "web-1.example.com"};
    return asked;
  }
  Error refused(const std::string& over_there) {
    stand_in->out = over_there;
    const auto seen = bench.observe(ask({{"image", StrictEngine::image}, {"name", "api"}}));
    REQUIRE(!seen);
    return seen.error();
  }

  std::shared_ptr<Ways> ways = std::make_shared<Ways>();
  ContainerBench bench;
  std::string socket;
  StandInHosts* stand_in = nullptr;
};

Value::Map service(const std::string& version) {
  return Value::Map{{"image", StrictEngine::image},
                    {"name", "api"},
                    {"command", Value::List{"sleep"}},
                    {"env", Value::Map{{"VERSION", version}}}};
}

const Stage& stage(const Change& change, const std::string& name) {
  return *std::ranges::find(change.stages, name, &Stage::name);
}

Readiness readiness(FarBench& far, const std::string& http) {
  Value::Map inputs = service("1");
  inputs["health"] = Value::Map{{"http", http}};
  const Ask ask = far.ask(inputs);
  const Change change = far.bench.plan(ask).value();
  REQUIRE(far.bench.apply(ask, change, "start"));
  far.ways->asked.clear();
  return far.bench.ready(change, stage(change, "start"));
}

} // namespace

TEST_CASE("docker far: a service runs on the host's engine, and its row says what and on which engine") {
  FarBench far;
  const Ask ask = far.ask(service("1"));
  REQUIRE(far.bench.deploy(ask));
  const Observation seen = far.bench.observe(ask).value();
  CHECK(far.bench.server().names() == std::vector{text_at(seen.facts, "container")});
  CHECK(seen.healthy);
  CHECK(text_at(*seen.facts.find("engine"), "version") == "20.10.24");
  CHECK(text_at(*seen.facts.find("engine"), "api") == "1.41");
  CHECK(text_at(seen.facts, "digest") == StrictEngine::image);
  CHECK(text_at(seen.facts, "release") == "release-1");
  CHECK(text_at(seen.facts, "health") == "running");
  CHECK(texts_at(seen.facts, "drift").empty());
  CHECK(text_at(seen.facts, "now").ends_with(" sha256:aaaaaaaaaaaa"));
  CHECK(std::ranges::all_of(far.ways->asked,
                            [&](const std::string& way) { return way == "web-1 " + far.socket; }));
  CHECK(far.bench.server().count("GET", "/version") == 1);
}

TEST_CASE("docker far: what was changed by hand on the host is named in its row") {
  FarBench far;
  Value::Map inputs = service("1");
  inputs["memory"] = "64MiB";
  const Ask ask = far.ask(inputs);
  REQUIRE(far.bench.deploy(ask));
  const std::string name = far.bench.server().names().front();
  far.bench.server().change(name, {{"Memory", 32 << 20}});
  far.bench.server().end(name);
  const Observation seen = far.bench.observe(ask).value();
  CHECK(texts_at(seen.facts, "drift") == std::vector<std::string>{"memory", "status"});
  CHECK(text_at(seen.facts, "health") == "exited");
}

TEST_CASE("docker far: a task runs on the host's engine too") {
  FarBench far("docker.task");
  const Value::Map inputs = {{"image", StrictEngine::image}, {"command", Value::List{"echo", "[1]"}}};
  const auto done = far.bench.deploy(far.ask(inputs));
  if (!done) FAIL(done.error().message);
  CHECK(text_at(*done, "stdout") == "[1]");
}

TEST_CASE("docker far: the way is asked for anew each time, because the connection may be another") {
  FarBench far;
  const Ask ask = far.ask(service("1"));
  REQUIRE(far.bench.observe(ask));
  far.ways->paths.clear();
  const auto lost = far.bench.observe(ask);
  REQUIRE(!lost);
  CHECK(lost.error().cause == Cause::network);
  CHECK(lost.error().message == "no way to web-1 " + far.socket);
}

TEST_CASE("docker far: a socket that is another's is a matter of permission, and says whom to ask") {
  FarBench far;
  far.ways->paths["web-1 " + far.socket] = far.bench.path("nobody.sock");
  const Error closed = far.refused("socket closed\nuser deploy\ngroup docker\n");
  CHECK(closed.cause == Cause::permission);
  CHECK(closed.message == "'deploy' may not use the Docker engine's socket " + far.socket + " on 'web-1'");
  CHECK(closed.help == "add 'deploy' to the group 'docker' there, which makes it as much as root, or log in "
                       "as another user");
  CHECK(far.refused("socket closed\nuser deploy\ngroup root\n").help.starts_with("log in as a user who may"));
}

TEST_CASE("docker far: a host without an engine says so, and is not taken for one that is down") {
  FarBench far;
  far.ways->paths["web-1 " + far.socket] = far.bench.path("nobody.sock");
  const Error missing = far.refused("socket missing\nuser deploy\n");
  CHECK(missing.cause == Cause::not_found);
  CHECK(missing.message == "there is no Docker engine at " + far.socket + " on 'web-1'");
}

TEST_CASE("docker far: an engine that is too old is the host's matter, and the error says which host") {
  FarBench far;
  far.bench.server().api = "1.38";
  const Error old = far.refused("socket open\nuser deploy\n");
  CHECK(old.cause == Cause::not_found);
  CHECK(old.message == "Docker 20.10.24 is too old: its API has version 1.38, 1.40 is needed");
  REQUIRE(!old.frames.empty());
  CHECK(old.frames.front() == "while asking the engine of 'web-1' which version it has");
}

TEST_CASE("docker far: an engine that is there and does not answer keeps its error, with the host's socket") {
  FarBench far;
  far.ways->paths["web-1 " + far.socket] = far.bench.path("nobody.sock");
  const Error silent = far.refused("socket open\nuser deploy\n");
  CHECK(silent.cause == Cause::network);
  CHECK(silent.message.starts_with("the Docker engine does not answer at " + far.socket + " of 'web-1': "));
  CHECK(silent.help.find("AllowStreamLocalForwarding") != std::string::npos);
}

TEST_CASE("docker far: the host's own look at a socket tells one that is there from none") {
  FarBench far;
  far.ways->paths["web-1 " + far.socket] = far.bench.path("nobody.sock");
  CHECK(far.refused("").cause == Cause::network); // the engine in memory is there
  const Ask ask = far.ask(service("1"));
  GuardedPorts guard = far.bench.guarded(SessionMode::read, ask);
  const Error silence{.cause = Cause::network, .message = "no answer"};
  const Error gone = providers::docker::explain_silence(guard.ports(), *ask.target.host,
                                                        far.bench.path("gone.sock"), silence, {});
  CHECK(gone.cause == Cause::not_found);
  CHECK(gone.evidence == std::vector<std::string>{"no answer"});
}

TEST_CASE("docker far: health of the container is asked from its host") {
  FarBench far;
  const std::string answering = far.bench.path("health.sock");
  const LoopbackServer server([](const Received&) { return Reply{.body = "fine"}; }, answering);
  far.ways->paths["web-1 127.0.0.1 port 8000"] = answering;
  CHECK(readiness(far, ":8000/healthz").state == Readiness::State::ready);
  CHECK(std::ranges::count(far.ways->asked, "web-1 127.0.0.1 port 8000") == 1);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests().front().target == "/healthz");
  CHECK(server.requests().front().headers.at("host") == "127.0.0.1:8000");
}

TEST_CASE("docker far: a URL of the loopback is the host's, any other is asked from here") {
  FarBench far;
  const LoopbackServer here([](const Received&) { return Reply{.body = "fine"}; });
  const Readiness as_host = readiness(far, here.url("/healthz"));
  CHECK(as_host.state == Readiness::State::waiting);
  CHECK(as_host.detail == "no way to web-1 127.0.0.1 port " + std::to_string(here.port()));
  CHECK(here.requests().empty());
}

TEST_CASE("docker far: an image is carried to an engine that lacks it, and to no other") {
  FarBench far;
  const std::string id = "sha256:" + std::string(64, 'c');
  far.bench.write("api.tar", id);
  Value::Map inputs = service("1");
  inputs["image"] = id;
  inputs["archive"] = far.bench.file("api.tar");
  REQUIRE(far.bench.deploy(far.ask(inputs)));
  CHECK(far.bench.server().count("POST", "/images/load") == 1);
  CHECK(far.bench.server().count("POST", "/images/create") == 0);
  inputs["env"] = Value::Map{{"VERSION", "2"}};
  far.bench.recorder.undos.clear();
  REQUIRE(far.bench.deploy(far.ask(inputs)));
  CHECK(far.bench.server().count("POST", "/images/load") == 1);
}

TEST_CASE("docker far: an archive without the image it is said to hold stops before a container is made") {
  FarBench far;
  far.bench.write("api.tar", "sha256:" + std::string(64, 'd'));
  Value::Map inputs = service("1");
  inputs["image"] = "sha256:" + std::string(64, 'c');
  inputs["archive"] = far.bench.file("api.tar");
  const auto refused = far.bench.deploy(far.ask(inputs));
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::image_missing);
  CHECK(far.bench.server().names().empty());
}

TEST_CASE("docker far: an archive beside an image of a registry is a mistake") {
  const Catalog catalog = providers::builtin_catalog();
  Value::Map inputs = service("1");
  inputs["image"] = "registry.example.com/api@sha256:" + std::string(64, 'b');
  inputs["archive"] = "build/api.tar";
  const auto problems = find_provider(catalog, "docker.service")->description.check(Value(inputs));
  REQUIRE(problems.size() == 1);
  CHECK(problems.front().path == "archive");
}
