// docker.service behind a proxy: with an engine and a Caddy in memory.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>

#include "base/members.hpp"
#include "os/tree.hpp"
#include "providers/proxied_bench.hpp"

using namespace deployctl;
using tests::ProxiedBench;
using tests::StrictCaddy;

namespace {

constexpr const char* listener = "deployctl-8080";
using Words = std::vector<std::string>;

struct Proxied {
  ProxiedBench bench;
  StrictCaddy& caddy = bench.caddy;

  Ask ask(const std::string& version) { return bench.ask(bench.proxied(version)); }
  void release(const std::string& version) {
    bench.run = "run-" + version;
    bench.recorder.undos.clear();
    REQUIRE(bench.deploy(ask(version)));
  }
  std::string live(const std::string& version) {
    return text_at(bench.observe(ask(version))->facts, "container");
  }
  std::string status(const std::string& name) { return bench.server().container(name).status; }
  // The change of that version up to and including a stage.
  Change begin(const std::string& version, const std::string& last) {
    bench.run = "run-" + version;
    bench.recorder.undos.clear();
    Change change = *bench.plan(ask(version));
    REQUIRE(bench.apply(ask(version), change, last));
    return change;
  }
  Result<Value> apply_stage(const std::string& version, const Change& change, const std::string& name) {
    return bench.apply_stage(ask(version), change, *std::ranges::find(change.stages, name, &Stage::name));
  }
  Words dials() const { return caddy.dials(listener); }
};

Words names_of(const std::vector<Stage>& stages) {
  Words names;
  for (const Stage& stage : stages) names.push_back(stage.name);
  return names;
}

} // namespace

TEST_CASE("docker.service behind a proxy: it leads to the new container before the old one ends") {
  Proxied world;
  world.release("1");
  const std::string old = world.live("1");
  CHECK(world.dials() == Words{"127.0.0.1:8001"});
  const Change change = world.begin("2", "start");
  CHECK(names_of(change.stages) == Words{"pull", "start", "switch", "take-over", "clean"});
  CHECK(change.downtime.empty());
  CHECK(world.dials() == Words{"127.0.0.1:8001"});
  REQUIRE(world.apply_stage("2", change, "switch"));
  CHECK(world.dials() == Words{"127.0.0.1:8002", "127.0.0.1:8001"});
  CHECK(world.status(old) == "running");
  REQUIRE(world.apply_stage("2", change, "take-over"));
  CHECK(world.dials() == Words{"127.0.0.1:8002"});
  CHECK(world.status(old) == "exited");
  const std::size_t changes = world.caddy.changes();
  CHECK(world.bench.plan(world.ask("2"))->action == Action::none);
  CHECK(world.caddy.changes() == changes);
}

TEST_CASE("docker.service behind a proxy: what callers can notice of the switch is in the plan") {
  Proxied world;
  world.release("1");
  world.bench.set_kernel("0\n");
  CHECK(world.bench.plan(world.ask("2"))->downtime.find("can be reset") != std::string::npos);
  CHECK(world.bench.plan(world.ask("1"))->action == Action::none);
}

TEST_CASE("docker.service behind a proxy: after a crash the switch is found done or done again") {
  Proxied world;
  world.release("1");
  const Change change = world.begin("2", "start");
  CHECK(world.bench.confirm(world.ask("2"), change, "switch").state == Confirmation::State::not_done);
  REQUIRE(world.apply_stage("2", change, "switch"));
  CHECK(world.bench.confirm(world.ask("2"), change, "switch").state == Confirmation::State::done);
  REQUIRE(world.apply_stage("2", change, "switch"));
  CHECK(world.dials().front() == "127.0.0.1:8002");
}

TEST_CASE("docker.service behind a proxy: what is taken back is led back before its container ends") {
  Proxied world;
  world.release("1");
  const std::string old = world.live("1");
  const std::string last = GENERATE(as<std::string>{}, "start", "switch", "take-over");
  world.begin("2", last);
  REQUIRE(world.bench.revert(world.ask("2")));
  CHECK(world.dials() == Words{"127.0.0.1:8001"});
  CHECK(world.bench.server().names() == Words{old});
  CHECK(world.status(old) == "running");
  CHECK(world.bench.plan(world.ask("1"))->action == Action::none);
}

TEST_CASE("docker.service behind a proxy: the first release is taken back with its route") {
  Proxied world;
  world.begin("1", "switch");
  CHECK(world.dials().size() == 1);
  REQUIRE(world.bench.revert(world.ask("1")));
  CHECK(world.caddy.servers() == Value(Value::Map{}));
  CHECK(world.bench.server().names().empty());
}

TEST_CASE("docker.service behind a proxy: nothing ends while the proxy leads elsewhere") {
  Proxied world;
  world.release("1");
  const std::string old = world.live("1");
  const Change change = world.begin("2", "switch");
  world.caddy.lead(listener, "127.0.0.1:9");
  const auto refused = world.apply_stage("2", change, "take-over");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::conflict);
  CHECK(refused.error().message ==
        "Caddy's site 'http://app.example.com:8080' leads to 127.0.0.1:9 and not to 127.0.0.1:8002: the old "
        "container goes on");
  CHECK(world.status(old) == "running");
}

TEST_CASE("docker.service behind a proxy: a proxy that leads elsewhere is shown and mended") {
  Proxied world;
  world.release("1");
  world.caddy.lead(listener, "127.0.0.1:9");
  const Change change = *world.bench.plan(world.ask("1"));
  REQUIRE(change.fields.size() == 1);
  CHECK(change.fields.front().path == "requests_to");
  CHECK(change.fields.front().before == Value("127.0.0.1:9"));
  REQUIRE(world.bench.apply(world.ask("1"), change));
  CHECK(world.dials() == Words{"127.0.0.1:8001"});
  CHECK(world.bench.plan(world.ask("1"))->action == Action::none);
}

TEST_CASE("docker.service behind a proxy: an old container ends when it has answered what it was sent") {
  Proxied world;
  world.release("1");
  std::atomic<int> left = 5; // looks that still see a request at the old one
  world.caddy.count_requests([&](const std::string& address) {
    return address == "127.0.0.1:8001" && left > 0 ? left.fetch_sub(1) : 0;
  });
  Value::Map inputs = world.bench.proxied("2");
  inputs["proxy"]["drain"] = "10m";
  world.bench.recorder.undos.clear();
  REQUIRE(world.bench.deploy(world.bench.ask(inputs)));
  CHECK(left == 0);
  CHECK(world.dials() == Words{"127.0.0.1:8002"});
  const auto& lines = world.bench.recorder.lines;
  CHECK(std::ranges::none_of(lines, [](const std::string& line) { return line.starts_with("warning"); }));
}

TEST_CASE(
    "docker.service behind a proxy: one that does not end answering is waited for no longer than asked") {
  Proxied world;
  world.release("1");
  const std::string old = world.live("1");
  world.caddy.count_requests([](const std::string& address) { return address == "127.0.0.1:8001" ? 1 : 0; });
  world.release("2");
  CHECK(world.status(old) == "exited");
  const auto& lines = world.bench.recorder.lines;
  CHECK(std::ranges::count(lines, "warning: '" + old + "' had not answered everything after 0s") == 1);
}

TEST_CASE("docker.service behind a proxy: a service that goes is led nowhere first") {
  Proxied world;
  world.release("1");
  const std::string old = world.live("1");
  world.bench.recorder.undos.clear();
  const Ask removal = world.bench.removal(world.bench.proxied("1"));
  REQUIRE(world.bench.deploy(removal));
  CHECK(world.caddy.servers() == Value(Value::Map{}));
  CHECK(world.status(old) == "exited");
  REQUIRE(world.bench.revert(removal));
  CHECK(world.status(old) == "running");
  CHECK(world.dials() == Words{"127.0.0.1:8001"});
}

TEST_CASE("docker.service: containers on the host's network take turns with two ports") {
  Proxied world;
  const auto port_of_live = [&](const std::string& version) {
    const Value body = world.bench.server().container(world.live(version)).body;
    std::string port = text_map_at(body, "Labels").at("deployctl.port");
    CHECK(std::ranges::count(texts_at(body, "Env"), "PORT=" + port) == 1);
    return port;
  };
  world.release("1");
  const std::string first = world.live("1");
  CHECK(port_of_live("1") == "8001");
  world.release("2");
  CHECK(port_of_live("2") == "8002");
  world.release("3");
  CHECK(port_of_live("3") == "8001");
  // The kept one has the port of the one that is live, and no container changes its own: it is made anew.
  world.release("1");
  CHECK(world.live("1") == first);
  CHECK(port_of_live("1") == "8002");
  CHECK(world.dials() == Words{"127.0.0.1:8002"});
}

TEST_CASE("docker.service behind a proxy: another host's Caddy is led over the connection to that host") {
  const auto folder = os::TemporaryDirectory::create("/tmp", "deployctl-caddy-").value();
  const std::string admin_socket = folder.path() + "/admin.sock";
  StrictCaddy caddy(admin_socket);
  auto engine_socket = std::make_shared<std::string>();
  Words asked;
  providers::Surroundings surroundings;
  surroundings.host_way = [&asked, engine_socket,
                           admin_socket](const Host& host, const providers::Listener& wanted,
                                         const std::stop_token&) -> Result<std::string> {
    if (wanted.port == 0) return *engine_socket;
    asked.push_back(host.name + " " + wanted.address + " port " + std::to_string(wanted.port));
    return admin_socket;
  };
  tests::ContainerBench bench("docker.service", surroundings);
  *engine_socket = bench.server().socket();
  bench.other_hosts = std::make_unique<tests::TalkingHosts>("1\n");
  Ask ask = bench.ask(tests::proxied_inputs("http://localhost:2019", "1"), "web-1");
  ask.target.host = Host{.name = "web-1", .user = "deploy", .address = "web-1.example.com"};
  REQUIRE(bench.deploy(ask));
  CHECK(caddy.dials(listener) == Words{"127.0.0.1:8001"});
  CHECK(std::ranges::count(asked, "web-1 localhost port 2019") == std::ssize(asked));
  CHECK_FALSE(asked.empty());
}
