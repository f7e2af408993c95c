#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "providers/container_bench.hpp"

using namespace deployctl;
using tests::ContainerBench;
using tests::Received;
using tests::Reply;
using tests::StrictEngine;

namespace {

Value::Map task(std::initializer_list<const char*> command) {
  return Value::Map{{"image", StrictEngine::image}, {"command", Value::List(command.begin(), command.end())}};
}

constexpr auto named = "registry.example.com/app@sha256:"
                       "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

// The process died: the next one is given what was made durable.
struct Resumed {
  Ask ask;
  Change change;
};

Resumed cut_off(ContainerBench& bench, std::initializer_list<const char*> command,
                const std::string& before) {
  const auto dead = std::make_shared<std::atomic<bool>>(true); // libcurl asks once more by itself
  bench.server().rule = [before, dead](const Received& received) -> std::optional<Reply> {
    if (!*dead || received.method != "POST" || received.target.find(before) == std::string::npos)
      return std::nullopt;
    return Reply{.way = Reply::Way::hang_up};
  };
  Resumed resumed;
  resumed.ask = bench.ask(task(command));
  resumed.change = *bench.plan(resumed.ask);
  REQUIRE_FALSE(bench.apply(resumed.ask, resumed.change));
  *dead = false;
  return resumed;
}

std::vector<InputProblem> problems(const Value::Map& inputs) {
  return find_provider(providers::builtin_catalog(), "docker.task")->description.check(Value(inputs));
}

} // namespace

TEST_CASE("docker.task: a command runs in a container that says whose it is, and its output is an output") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"echo", "[1, 2]"});
  inputs["env"] = Value::Map{{"A", "b"}};
  inputs["volumes"] = Value::List{"/srv/data:/data", "cache:/cache:ro"};
  inputs["network"] = "none";
  inputs["memory"] = "64MiB";
  inputs["user"] = "1000";
  inputs["directory"] = "/app";
  const Value outputs = *bench.deploy(bench.ask(inputs));
  CHECK(text_at(outputs, "stdout") == "[1, 2]");
  CHECK(*outputs.find_path("json.1") == Value(2));
  CHECK(bench.recorder.lines == std::vector<std::string>{"[1, 2]"});

  const std::string name = bench.server().names().at(0);
  CHECK(name.starts_with("deployctl-web-"));
  const Value body = bench.server().container(name).body;
  CHECK(*body.find_path("Labels") ==
        *parse_json(R"({"deployctl.stack":"shop/production","deployctl.step":"web",
    "deployctl.target":"local","deployctl.kind":"task","deployctl.run":"run-1","deployctl.release":"release-1",
    "deployctl.key":"key-run-1run"})",
                    JsonMode::plain));
  CHECK(texts_at(body, "Env").front() == "A=b");
  CHECK(std::ranges::count(texts_at(body, "Env"), "DEPLOYCTL_STEP=web") == 1);
  CHECK(to_json(*body.find_path("HostConfig.Mounts")) ==
        R"([{"ReadOnly":false,"Source":"/srv/data","Target":"/data","Type":"bind"},)"
        R"({"ReadOnly":true,"Source":"cache","Target":"/cache","Type":"volume"}])");
  CHECK(*body.find_path("HostConfig.Memory") == Value(64 << 20));
  CHECK(text_at(*body.find_path("HostConfig.RestartPolicy"), "Name") == "no");
  CHECK(text_at(body, "User") == "1000");
  CHECK(text_at(body, "WorkingDir") == "/app");
}

TEST_CASE("docker.task: a command that fails tells its exit status and its last lines") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"fail"});
  inputs["env"] = Value::Map{{"A", "last words"}};
  const auto failed = bench.deploy(bench.ask(inputs));
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::command_failed);
  CHECK(failed.error().message == "the command ended with exit status 3");
  CHECK(std::ranges::count(failed.error().evidence, "A=last words") == 1);
}

TEST_CASE("docker.task: a container that was killed for its memory says so") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"greedy"});
  inputs["memory"] = "32MiB";
  const auto failed = bench.deploy(bench.ask(inputs));
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::out_of_memory);
  CHECK(failed.error().message == "the container needed more than its 32MiB of memory and was killed");
  CHECK(failed.error().evidence == std::vector<std::string>{"allocating"});
}

TEST_CASE("docker.task: a program that the image lacks never ran, and what is left of it is no obstacle") {
  ContainerBench bench("docker.task");
  const Ask ask = bench.ask(task({"nowhere"}));
  const Change change = *bench.plan(ask);
  const auto failed = bench.apply(ask, change);
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::not_found);
  CHECK(bench.confirm(ask, change, "run").state == Confirmation::State::not_done);
  bench.run = "run-2";
  bench.recorder.remote_ids.clear();
  CHECK(bench.deploy(bench.ask(task({"echo", "x"}))));
  CHECK(bench.server().names().size() == 1);
}

TEST_CASE("docker.task: an image that is not there is pulled by its digest, and not a second time") {
  ContainerBench bench("docker.task");
  bench.server().offer(named);
  Value::Map inputs = task({"echo", "x"});
  inputs["image"] = "registry.example.com/app:1.4@sha256:" + std::string(64, 'b');
  REQUIRE(bench.deploy(bench.ask(inputs)));
  CHECK(bench.server().count("POST", "/images/create?fromImage=" + percent_encode(named)) == 1);
  bench.run = "run-2";
  bench.recorder.remote_ids.clear();
  REQUIRE(bench.deploy(bench.ask(inputs)));
  CHECK(bench.server().count("POST", "/images/create") == 1);
}

TEST_CASE("docker.task: a pull shows the login that docker knows, and the login is in nothing else") {
  ContainerBench bench(
      "docker.task",
      {.environment = {{"DOCKER_AUTH_CONFIG",
                        R"({"auths":{"registry.example.com":{"auth":"YWRhOm9wZW4tc2VzYW1lPz8+"}}})"}}});
  bench.server().offer(named);
  Value::Map inputs = task({"echo", "x"});
  inputs["image"] = named;
  REQUIRE(bench.deploy(bench.ask(inputs)));
  for (const Received& received : bench.server().requests()) {
    const auto login = received.headers.find("x-registry-auth");
    const bool is_pull = received.target.find("/images/create") != std::string::npos;
    CHECK((login != received.headers.end()) == is_pull);
    if (!is_pull) continue;
    CHECK(login->second.find_first_of("+/") == std::string::npos); // the engine reads the URL's alphabet
    CHECK(login->second.size() % 4 == 0);
    CHECK(*from_base64(login->second) ==
          R"({"password":"open-sesame??>","serveraddress":"registry.example.com","username":"ada"})");
  }
}

TEST_CASE("docker.task: an image of the engine's own that is not there is not looked for in a registry") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"echo"});
  inputs["image"] = "sha256:" + std::string(64, 'c');
  const auto failed = bench.deploy(bench.ask(inputs));
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::image_missing);
  CHECK(bench.server().count("POST", "/") == 0);
}

TEST_CASE(
    "docker.task: cut off before the container was made, it was not done, and is made under the same name") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"echo", "x"}, "/containers/create");
  const std::string announced = bench.recorder.remote_ids.at(0);
  CHECK(bench.confirm(resumed.ask, resumed.change, "run").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(resumed.ask, resumed.change));
  CHECK(announced == "container " + bench.server().names().at(0));
  CHECK(bench.server().names().size() == 1);
}

TEST_CASE("docker.task: cut off before the container was started, it is started and not made again") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"echo", "x"}, "/start");
  CHECK(bench.confirm(resumed.ask, resumed.change, "run").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(resumed.ask, resumed.change));
  CHECK(bench.server().count("POST", "/containers/create") == 1);
}

TEST_CASE(
    "docker.task: cut off while the container ran, its result is taken over and it does not run again") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"echo", "[7]"}, "/start");
  const std::string name = bench.server().names().at(0);
  bench.server().start(name); // the request had arrived
  const Confirmation confirmed = bench.confirm(resumed.ask, resumed.change, "run");
  CHECK(confirmed.state == Confirmation::State::done);
  CHECK(text_at(confirmed.outputs, "stdout") == "[7]");
}

TEST_CASE("docker.task: cut off before it failed, the failure is taken over") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"fail"}, "/start");
  bench.server().start(bench.server().names().at(0));
  CHECK(bench.confirm(resumed.ask, resumed.change, "run").state == Confirmation::State::in_progress);
  const auto begun = bench.server().count("POST", "/start");
  const auto failed = bench.apply(resumed.ask, resumed.change);
  REQUIRE(!failed);
  CHECK(failed.error().message == "the command ended with exit status 3");
  CHECK(bench.server().count("POST", "/start") == begun);
}

TEST_CASE("docker.task: a container that somebody removed leaves nothing to say how it ended") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"echo"}, "/start");
  bench.server().forget(bench.server().names().at(0));
  CHECK(bench.confirm(resumed.ask, resumed.change, "run").state == Confirmation::State::unknown);
}

TEST_CASE("docker.task: the container of the run before is removed, a foreign one is not touched") {
  ContainerBench bench("docker.task");
  REQUIRE(bench.deploy(bench.ask(task({"echo", "one"}))));
  const std::string first = bench.server().names().at(0);
  Ask foreign = bench.ask(task({"echo", "other"}));
  foreign.step = "other";
  bench.recorder.remote_ids.clear();
  REQUIRE(bench.deploy(foreign));
  bench.run = "run-2";
  bench.recorder.remote_ids.clear();
  REQUIRE(bench.deploy(bench.ask(task({"echo", "two"}))));
  const auto names = bench.server().names();
  CHECK(names.size() == 2);
  CHECK(std::ranges::find(names, first) == names.end());
}

TEST_CASE("docker.task: while the container of an earlier run still runs, no second one is begun") {
  ContainerBench bench("docker.task");
  const Resumed resumed = cut_off(bench, {"sleep"}, "/start");
  bench.server().start(bench.server().names().at(0));
  bench.run = "run-2";
  bench.recorder.remote_ids.clear();
  const auto failed = bench.deploy(bench.ask(task({"echo"})));
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::conflict);
  CHECK(failed.error().message.ends_with("of an earlier run of this step is still running"));
}

TEST_CASE("docker.task: a stop leaves what may be done once to itself, and kills the rest") {
  for (const auto& [effect, ends] : {std::pair("once", "running"), std::pair("repeatable", "exited")}) {
    INFO(effect);
    ContainerBench bench("docker.task");
    Value::Map inputs = task({"sleep"});
    inputs["effect"] = effect;
    bench.server().rule = [&bench](const Received& received) -> std::optional<Reply> {
      if (received.target.find("/logs") != std::string::npos) bench.stop.request_stop();
      return std::nullopt;
    };
    const auto stopped = bench.deploy(bench.ask(inputs));
    REQUIRE(!stopped);
    CHECK(stopped.error().cause == Cause::cancelled);
    CHECK(bench.server().container(bench.server().names().at(0)).status == ends);
  }
}

TEST_CASE("docker.task: a task that takes too long is stopped, with time to end") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"sleep"});
  inputs["grace"] = "3s";
  const Ask ask = bench.ask(inputs);
  Change change = *bench.plan(ask);
  change.stages.at(0).timeout = Milliseconds(200);
  const auto failed = bench.apply(ask, change);
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::timeout);
  CHECK(bench.server().count("POST", "/stop?t=3") == 1);
}

TEST_CASE("docker.task: an image that may be another tomorrow, and what makes no sense, are mistakes") {
  Value::Map inputs = task({"echo"});
  CHECK(problems(inputs).empty());
  inputs["image"] = named;
  CHECK(problems(inputs).empty());
  inputs["image"] = "app:1.4";
  CHECK(problems(inputs).at(0).message == "'app:1.4' may mean another image tomorrow");
  inputs["image"] = "UPPER";
  CHECK(problems(inputs).at(0).path == "image");
  inputs["image"] = Unknown{.step = "image", .output = "ref", .expression = "${steps.image.ref}"};
  inputs["directory"] = "app";
  inputs["env"] = Value::Map{{"1A", "x"}, {"DEPLOYCTL_RUN", "x"}};
  CHECK(problems(inputs).size() == 3);
}

TEST_CASE("docker.task: on the first host only, the others have nothing to do") {
  ContainerBench bench("docker.task");
  Value::Map inputs = task({"echo"});
  inputs["hosts"] = Value::List{"a", "b"};
  inputs["on"] = "first";
  CHECK(bench.plan(bench.ask(inputs, "a"))->action == Action::run);
  CHECK(bench.plan(bench.ask(inputs, "b"))->action == Action::none);
}

TEST_CASE("docker.task: a host whose engine cannot be reached from here is refused by name") {
  ContainerBench bench("docker.task");
  Ask ask = bench.ask(task({"echo"}));
  ask.target.host = Host{.name = "app-1", .address = "app-1.example.com"};
  const auto failed = bench.deploy(ask);
  REQUIRE(!failed);
  CHECK(failed.error().message == "the engine of 'app-1' cannot be reached from here");
}
