// The client against a real engine, which somebody else starts (tests/e2e/docker_engine.py): its socket and
// the id of an image with a shell come in the environment.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

#include "docker/engine.hpp"
#include "net/http.hpp"

using namespace deployctl;
using namespace deployctl::docker;

namespace {

constexpr Milliseconds minute{60'000};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE(value);
  return value;
}

struct Said {
  std::vector<std::string> out;
  std::vector<std::string> err;
  LogLines lines{[this](Stream stream, std::string_view line) {
    (stream == Stream::out ? out : err).emplace_back(line);
  }};
};

class Real {
public:
  Real() : engine(http_, Engine::meet(http_, variable("ENGINE_SOCKET"), {}).value()) {}

  // A container of that name that runs a line of shell.
  std::string make(const std::string& name, const std::string& script) {
    const Value body = Value::Map{{"Image", variable("ENGINE_IMAGE")},
                                  {"Cmd", Value::List{"sh", "-c", script}},
                                  {"Labels", Value::Map{{"test", name}, {"kind", "real"}}},
                                  {"HostConfig", Value::Map{{"NetworkMode", "none"}}}};
    auto made = engine.create_container(name, body, {});
    if (!made) FAIL(made.error().message);
    return *made;
  }

  Container look(const std::string& name) { return engine.find_container(name, {}).value().value(); }

private:
  net::CurlHttp http_;

public:
  Engine engine;
};

template <class T>
void must(const Result<T>& result) {
  if (!result) FAIL(result.error().message);
}

} // namespace

TEST_CASE("real engine: a version is agreed upon, and it tells how it is set up", "[.engine]") {
  Real real;
  CHECK(real.engine.endpoint().version.starts_with("1."));
  const Value info = real.engine.info({}).value();
  REQUIRE(info.find("DockerRootDir"));
}

TEST_CASE("real engine: a container lives, speaks on two streams and ends", "[.engine]") {
  Real real;
  const std::string id = real.make("life", "echo one; echo two >&2; printf three; exit 7");
  CHECK_FALSE(real.look("life").was_started());
  must(real.engine.start(id, {}));
  CHECK(real.engine.wait(id, minute, {}).value() == 7);
  const Container ended = real.look(id);
  CHECK(ended.has_ended());
  CHECK(ended.exit_code == 7);
  CHECK_FALSE(ended.out_of_memory);
  CHECK(ended.labels.at("test") == "life");
  Said said;
  said.lines.begin();
  must(real.engine.read_logs(id, {}, said.lines, {}));
  CHECK(said.out == std::vector<std::string>{"one", "three"});
  CHECK(said.err == std::vector<std::string>{"two"});
  must(real.engine.remove(id, {}));
  must(real.engine.remove(id, {})); // gone already
  CHECK_FALSE(real.engine.find_container("life", {}).value());
}

TEST_CASE("real engine: output is followed to the end, and what was told is not told again", "[.engine]") {
  Real real;
  const std::string id = real.make("follow", "for i in 1 2 3; do echo line $i; sleep 0.2; done");
  must(real.engine.start(id, {}));
  Said said;
  for (int again = 0; again < 2; ++again)
    must(real.engine.read_logs(id, {.follow = true, .since = said.lines.begin(), .timeout = minute},
                               said.lines, {}));
  CHECK(said.out == std::vector<std::string>{"line 1", "line 2", "line 3"});
  CHECK(real.engine.wait(id, minute, {}).value() == 0);
  must(real.engine.remove(id, {}));
}

TEST_CASE("real engine: one that runs is stopped by its signal, killed, and not removed before",
          "[.engine]") {
  Real real;
  const std::string id = real.make("stop", "trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done");
  must(real.engine.start(id, {}));
  must(real.engine.start("stop", {})); // it runs already
  Said said;
  for (int looks = 0; looks < 100'000 && said.out.empty(); ++looks) // until it hears signals
    must(real.engine.read_logs(id, {.since = said.lines.begin()}, said.lines, {}));
  REQUIRE_FALSE(said.out.empty());
  CHECK(real.engine.remove(id, {}).error().cause == Cause::conflict);
  must(real.engine.stop(id, Milliseconds(30'000), {}));
  CHECK(real.look(id).exit_code == 9);
  must(real.engine.stop(id, Milliseconds(0), {})); // ended already
  must(real.engine.start(id, {}));
  must(real.engine.kill(id, "KILL", {}));
  CHECK(real.engine.wait(id, minute, {}).value() == 137);
  CHECK(real.engine.kill(id, "KILL", {}).error().cause == Cause::conflict);
  must(real.engine.remove(id, {}));
}

TEST_CASE("real engine: found by labels, under a new name, with another restart policy", "[.engine]") {
  Real real;
  const std::string first = real.make("list-1", "true");
  const std::string second = real.make("list-2", "true");
  const auto both = real.engine.list_containers({{"kind", "real"}}, {}).value();
  CHECK(std::ranges::count(both, "list-1", &ContainerLine::name) == 1);
  CHECK(std::ranges::count(both, "list-2", &ContainerLine::name) == 1);
  const auto one = real.engine.list_containers({{"kind", "real"}, {"test", "list-2"}}, {}).value();
  REQUIRE(one.size() == 1);
  CHECK(one[0].id == second);
  CHECK(one[0].status == "created");
  must(real.engine.rename(first, "list-3", {}));
  CHECK(real.look("list-3").id == first);
  must(real.engine.update(first, "unless-stopped", {}, {}));
  for (const std::string& id : {first, second}) must(real.engine.remove(id, {}));
}

TEST_CASE("real engine: what cannot be made or started is told by its cause", "[.engine]") {
  Real real;
  const std::string id = real.make("taken", "true");
  const Value same = Value::Map{{"Image", variable("ENGINE_IMAGE")}};
  CHECK(real.engine.create_container("taken", same, {}).error().cause == Cause::conflict);
  must(real.engine.remove(id, {}));
  const std::string none = "sha256:" + std::string(64, '0');
  CHECK_FALSE(real.engine.find_image(none, {}).value());
  const Value unknown = Value::Map{{"Image", none}};
  CHECK(real.engine.create_container("unknown", unknown, {}).error().cause == Cause::image_missing);
  const Value mount = Value::Map{{"Type", "bind"}, {"Source", "/nonexistent/place"}, {"Target", "/x"}};
  const Value bound = Value::Map{{"Image", variable("ENGINE_IMAGE")},
                                 {"HostConfig", Value::Map{{"Mounts", Value::List{mount}}}}};
  CHECK(real.engine.create_container("bound", bound, {}).error().cause == Cause::not_found);
  const Value lacks = Value::Map{{"Image", variable("ENGINE_IMAGE")},
                                 {"Cmd", Value::List{"no-such-program"}},
                                 {"HostConfig", Value::Map{{"NetworkMode", "none"}}}};
  const std::string lacking = real.engine.create_container("lacking", lacks, {}).value();
  CHECK(real.engine.start(lacking, {}).error().cause == Cause::not_found);
  CHECK_FALSE(real.look(lacking).was_started());
  must(real.engine.remove(lacking, {}));
}

TEST_CASE("real engine: an image, networks and a volume are looked at, and a volume is made", "[.engine]") {
  Real real;
  const auto image = real.engine.find_image(variable("ENGINE_IMAGE"), {}).value();
  REQUIRE(image);
  CHECK(image->id == variable("ENGINE_IMAGE"));
  CHECK(image->platform == real.engine.endpoint().platform);
  CHECK(real.engine.find_network("none", {}).value()->driver == "null");
  CHECK_FALSE(real.engine.find_network("no-such-network", {}).value());
  CHECK_FALSE(real.engine.find_volume("data", {}).value());
  CHECK(real.engine.create_volume("data", {{"kind", "real"}}, {}).value().driver == "local");
  CHECK(real.engine.find_volume("data", {}).value()->labels.at("kind") == "real");
}

TEST_CASE("real engine: a pull from where nobody answers is a failure of the network", "[.engine]") {
  Real real;
  const std::string reference = "127.0.0.1:1/app@sha256:" + std::string(64, 'a');
  const Status pulled = real.engine.pull(reference, {}, nullptr, {});
  REQUIRE(!pulled);
  CHECK(pulled.error().cause == Cause::network);
  CHECK(pulled.error().retryable);
}
