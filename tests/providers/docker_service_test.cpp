#include <catch2/catch.hpp>

#include <algorithm>

#include "base/json.hpp"
#include "base/members.hpp"
#include "providers/container_bench.hpp"

using namespace deployctl;
using tests::ContainerBench;
using tests::StrictEngine;

namespace {

Value::Map service(const std::string& version, std::initializer_list<const char*> command = {"sleep"}) {
  return Value::Map{{"image", StrictEngine::image},
                    {"name", "api"},
                    {"command", Value::List(command.begin(), command.end())},
                    {"env", Value::Map{{"VERSION", version}}}};
}

Value::Map published(const std::string& version) {
  Value::Map inputs = service(version);
  inputs["ports"] = Value::List{"8080:8000"};
  return inputs;
}

// One run that becomes a release.
void release(ContainerBench& bench, const Value::Map& inputs, const std::string& run) {
  bench.run = run;
  bench.recorder.undos.clear();
  REQUIRE(bench.deploy(bench.ask(inputs)));
}

std::string live(ContainerBench& bench, const Value::Map& inputs) {
  return text_at(bench.observe(bench.ask(inputs))->facts, "container");
}

std::string status(ContainerBench& bench, const std::string& name) {
  return bench.server().container(name).status;
}

std::string restart(ContainerBench& bench, const std::string& name) {
  return text_at(*bench.server().container(name).body.find_path("HostConfig.RestartPolicy"), "Name");
}

Change start_only(ContainerBench& bench, const Ask& ask) {
  Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change, "start"));
  return change;
}

const Stage& stage(const Change& change, const std::string& name) {
  return *std::ranges::find(change.stages, name, &Stage::name);
}

std::vector<InputProblem> problems(const Value::Map& inputs) {
  return find_provider(providers::builtin_catalog(), "docker.service")->description.check(Value(inputs));
}

} // namespace

TEST_CASE("docker.service: a container runs that says whose it is and what it was made of") {
  ContainerBench bench("docker.service");
  Value::Map inputs = published("1");
  inputs["env"]["TOKEN"] = Secret::reference("token", "v7");
  inputs["memory"] = "64MiB";
  release(bench, inputs, "run-1");
  const std::string name = live(bench, inputs);
  CHECK(name.starts_with("api-"));
  CHECK(bench.server().names() == std::vector{name});
  CHECK(restart(bench, name) == "unless-stopped");
  const Value body = bench.server().container(name).body;
  const auto labels = text_map_at(body, "Labels");
  CHECK(labels.at("deployctl.stack") == "shop/production");
  CHECK(labels.at("deployctl.service") == "api");
  CHECK(labels.at("deployctl.run") == "run-1");
  CHECK(labels.at("deployctl.configuration").starts_with(name.substr(4)));
  CHECK(text_at(*parse_json(labels.at("deployctl.inputs"), JsonMode::plain)->find("env"), "TOKEN") == "v7");
  CHECK(std::ranges::count(texts_at(body, "Env"), "TOKEN=secret-token") == 1);
  CHECK(to_json(*body.find_path("HostConfig.PortBindings")) ==
        R"({"8000/tcp":[{"HostIp":"","HostPort":"8080"}]})");
}

TEST_CASE("docker.service: a second apply makes no call that changes something") {
  ContainerBench bench("docker.service");
  release(bench, service("1"), "run-1");
  const auto before = bench.server().count("POST", "/");
  CHECK(bench.plan(bench.ask(service("1")))->action == Action::none);
  CHECK(bench.server().count("POST", "/") == before);
}

TEST_CASE("docker.service: the new container runs beside the old one until it has taken over") {
  ContainerBench bench("docker.service");
  release(bench, service("1"), "run-1");
  const std::string old = live(bench, service("1"));
  const Ask ask = bench.ask(service("2"));
  bench.recorder.undos.clear();
  const Change change = start_only(bench, ask);
  CHECK(change.downtime.empty());
  const std::string fresh = text_at(change.basis, "to");
  CHECK(status(bench, old) == "running");
  CHECK(status(bench, fresh) == "running");
  CHECK(restart(bench, fresh) == "no");
  CHECK(live(bench, service("2")) == old);
  REQUIRE(bench.apply_stage(ask, change, stage(change, "take-over")));
  CHECK(live(bench, service("2")) == fresh);
  CHECK(restart(bench, fresh) == "unless-stopped");
  CHECK(status(bench, old) == "exited");
  CHECK(restart(bench, old) == "no");
}

TEST_CASE(
    "docker.service: a port of the host is handed over, and the plan says for how long nobody answers") {
  ContainerBench bench("docker.service");
  release(bench, published("1"), "run-1");
  const std::string old = live(bench, published("1"));
  const Ask ask = bench.ask(published("2"));
  bench.recorder.undos.clear();
  const Change change = start_only(bench, ask);
  CHECK(change.downtime ==
        "'api' answers nobody from the end of the old container, which gets 10s for it, until the new one "
        "listens: port 8080:8000 leads to one container only");
  CHECK(status(bench, old) == "exited");
  CHECK(status(bench, text_at(change.basis, "to")) == "running");
}

TEST_CASE("docker.service: what cannot run beside the old one waits for its end") {
  ContainerBench bench("docker.service");
  const auto downtime = [&](const char* field, const Value& value) {
    Value::Map inputs = service("2");
    inputs[field] = value;
    return bench.plan(bench.ask(inputs))->downtime;
  };
  release(bench, service("1"), "run-1");
  CHECK(downtime("network", "host").ends_with("both would listen on the host's own ports"));
  CHECK(downtime("volumes", Value::List{"data:/data"}).ends_with("both would write the same volume"));
  CHECK(downtime("volumes", Value::List{"data:/data:ro"}).empty());
  CHECK(downtime("order", "stop_first").ends_with("'order' says so"));
}

TEST_CASE("docker.service: a container that dies is no successor: exit status, last words, cause, and the "
          "way back") {
  ContainerBench bench("docker.service");
  release(bench, service("1"), "run-1");
  const std::string old = live(bench, service("1"));
  const Observation before = *bench.observe(bench.ask(service("1")));
  const Ask ask = bench.ask(service("boom", {"fail"}));
  bench.run = "run-2";
  bench.recorder.undos.clear();
  const Change change = start_only(bench, ask);
  const std::string fresh = text_at(change.basis, "to");
  const Readiness readiness = bench.ready(change, stage(change, "start"));
  CHECK(readiness.state == Readiness::State::failed);
  CHECK(readiness.detail == "the container '" + fresh + "' ended with exit status 3");
  CHECK(std::ranges::count(readiness.evidence, "VERSION=boom") > 0);
  const Error error{.cause = Cause::probe_failing, .message = readiness.detail};
  const Diagnosis diagnosis = bench.diagnose({.intent = bench.intent(ask, change, "start"), .error = error});
  CHECK(diagnosis.cause == Cause::crash_loop);
  CHECK(std::ranges::count(diagnosis.evidence, "VERSION=boom") > 0);
  REQUIRE(bench.revert(ask));
  CHECK(bench.server().names() == std::vector{old});
  CHECK(to_json(bench.observe(bench.ask(service("1")))->managed) == to_json(before.managed));
}

TEST_CASE("docker.service: a container that was killed for its memory says so") {
  ContainerBench bench("docker.service");
  Value::Map inputs = service("1", {"greedy"});
  inputs["memory"] = "32MiB";
  const Ask ask = bench.ask(inputs);
  const Change change = start_only(bench, ask);
  const Error error{.cause = Cause::probe_failing, .message = "x"};
  CHECK(bench.diagnose({.intent = bench.intent(ask, change, "start"), .error = error}).cause ==
        Cause::out_of_memory);
}

TEST_CASE("docker.service: a port that was handed over is given back") {
  ContainerBench bench("docker.service");
  release(bench, published("1"), "run-1");
  const std::string old = live(bench, published("1"));
  const Ask ask = bench.ask(published("2"));
  bench.recorder.undos.clear();
  start_only(bench, ask);
  REQUIRE(bench.revert(ask));
  CHECK(bench.server().names() == std::vector{old});
  CHECK(status(bench, old) == "running");
  CHECK(restart(bench, old) == "unless-stopped");
}

TEST_CASE("docker.service: going back starts the kept container, without a pull and without another one") {
  ContainerBench bench("docker.service");
  release(bench, service("1"), "run-1");
  const std::string first = live(bench, service("1"));
  release(bench, service("2"), "run-2");
  const auto made = bench.server().count("POST", "/containers/create");
  const Change back = *bench.plan(bench.ask(service("1")));
  CHECK(back.summary.ends_with(" -> " + first + ", kept from before"));
  CHECK(back.stages.front().name == "start");
  release(bench, service("1"), "run-3");
  CHECK(live(bench, service("1")) == first);
  CHECK(bench.server().count("POST", "/containers/create") == made);
}

TEST_CASE("docker.service: as many earlier containers stay as asked for, the last one among them") {
  ContainerBench bench("docker.service");
  std::vector<std::string> made;
  for (const char* version : {"1", "2", "3", "4"}) {
    Value::Map inputs = service(version);
    inputs["keep"] = 2;
    release(bench, inputs, std::string("run-") + version);
    made.push_back(live(bench, inputs));
  }
  auto left = bench.server().names();
  std::vector<std::string> wanted(made.begin() + 1, made.end());
  std::ranges::sort(wanted);
  CHECK(left == wanted);
}

TEST_CASE("docker.service: what somebody changed by hand is shown field by field and mended") {
  ContainerBench bench("docker.service");
  Value::Map inputs = service("1");
  inputs["memory"] = "64MiB";
  release(bench, inputs, "run-1");
  const std::string name = live(bench, inputs);
  bench.server().change(name, {{"RestartPolicy", Value::Map{{"Name", "always"}}}, {"Memory", 32 << 20}});
  bench.server().end(name);
  const Change change = *bench.plan(bench.ask(inputs));
  std::vector<std::string> paths;
  for (const FieldChange& field : change.fields) paths.push_back(field.path);
  CHECK(paths == std::vector<std::string>{"memory", "restart", "status"});
  release(bench, inputs, "run-2");
  CHECK(status(bench, name) == "running");
  CHECK(restart(bench, name) == "unless-stopped");
  CHECK(*bench.server().container(name).body.find_path("HostConfig.Memory") == Value(64 << 20));
  CHECK(bench.plan(bench.ask(inputs))->action == Action::none);
}

TEST_CASE("docker.service: a foreign container with its port blocks it by name before anything happens") {
  ContainerBench bench("docker.service");
  Ask other = bench.ask(published("1"));
  (*other.inputs)["name"] = "other";
  REQUIRE(bench.deploy(other));
  const Observation seen = *bench.observe(bench.ask(published("1")));
  const std::vector<std::string> blocked = texts_at(seen.facts, "blocked");
  REQUIRE(blocked.size() == 1);
  CHECK(blocked.front().starts_with("port 8080 is held by the container 'other-"));
}

TEST_CASE("docker.service: two services of one stack leave each other alone") {
  ContainerBench bench("docker.service");
  Value::Map worker = service("1");
  worker["name"] = "worker";
  release(bench, service("1"), "run-1");
  release(bench, worker, "run-1");
  const std::string kept = live(bench, worker);
  release(bench, service("2"), "run-2");
  CHECK(status(bench, kept) == "running");
  CHECK(bench.plan(bench.ask(worker))->action == Action::none);
}

TEST_CASE("docker.service: a check in the container is the engine's, and its word counts") {
  ContainerBench bench("docker.service");
  Value::Map inputs = service("1");
  inputs["health"] = Value::Map{{"command", Value::List{"pg_isready"}}};
  const Ask ask = bench.ask(inputs);
  const Change change = start_only(bench, ask);
  const auto readiness = [&](const char* health) {
    bench.server().health = health;
    return bench.ready(change, stage(change, "start")).state;
  };
  CHECK(readiness("starting") == Readiness::State::waiting);
  CHECK(readiness("unhealthy") == Readiness::State::failed);
  CHECK(readiness("healthy") == Readiness::State::ready);
  const Value body = bench.server().container(text_at(change.basis, "to")).body;
  CHECK(to_json(*body.find_path("Healthcheck.Test")) == R"(["CMD","pg_isready"])");
}

TEST_CASE("docker.service: what makes no sense is a mistake") {
  Value::Map inputs = published("1");
  CHECK(problems(inputs).empty());
  inputs["ports"] = Value::List{"80:99999"};
  inputs["order"] = "start_first";
  inputs["network"] = "host";
  inputs["health"] = Value::Map{};
  inputs["persistent"] = Value::List{"/app/data"};
  inputs["volumes"] = Value::List{"data:/app/database"};
  std::vector<std::string> messages;
  for (const InputProblem& problem : problems(inputs)) messages.push_back(problem.message);
  CHECK(messages == std::vector<std::string>{
                        "'/app/data' is not on a volume: it is lost with the container",
                        "'80:99999' is beyond the ports there are",
                        "nothing is published from the network 'host'",
                        "a port of the host cannot be held by two containers",
                        "write either 'http' or 'command'",
                    });
  inputs["volumes"] = Value::List{"data:/app"};
  CHECK(problems(inputs).size() == 4);
}
