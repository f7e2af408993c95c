// The client against an engine in memory: which requests it makes, and what it makes of the answers.
#include <algorithm>
#include <span>
#include <string>

#include <catch2/catch.hpp>

#include <deployctl/secret.hpp>

#include "base/json.hpp"
#include "docker/engine.hpp"
#include "docker/strict_engine.hpp"
#include "net/http.hpp"

using namespace deployctl;
using namespace deployctl::docker;
using tests::Received;
using tests::Reply;
using tests::StrictEngine;

namespace {

// A body out of memory.
class ArchiveInMemory final : public BodySource {
public:
  explicit ArchiveInMemory(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    const std::string part = text_.substr(static_cast<std::size_t>(offset), out.size());
    std::ranges::copy(part, out.begin());
    return part.size();
  }

private:
  std::string text_;
};

struct Bench {
  tests::StrictEngine server;
  net::CurlHttp http;
  std::stop_source stop;

  Engine engine() { return Engine(http, Engine::meet(http, server.socket(), stop.get_token()).value()); }
  Value body(std::initializer_list<const char*> words) const {
    return Value::Map{{"Image", StrictEngine::image}, {"Cmd", Value::List(words.begin(), words.end())}};
  }
  std::string made(const Engine& engine, const std::string& name, std::initializer_list<const char*> words) {
    return engine.create_container(name, body(words), stop.get_token()).value();
  }
};

constexpr auto reference = "docker.io/library/app@sha256:"
                           "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

} // namespace

TEST_CASE("engine: a container's whole life, told from its answers") {
  Bench bench;
  const Engine engine = bench.engine();
  CHECK(engine.endpoint().version == "1.41");
  const std::string id = bench.made(engine, "web", {"echo", "hello"});
  CHECK(engine.find_container("web", {}).value()->status == "created");
  REQUIRE(engine.start(id, {}));
  CHECK(engine.wait(id, Milliseconds(60'000), {}).value() == 0);
  CHECK(engine.find_container(id, {}).value()->has_ended());
  std::string said;
  LogLines lines([&](Stream, std::string_view line) { said += line; });
  lines.begin();
  REQUIRE(engine.read_logs(id, {}, lines, {}));
  CHECK(said == "hello");
  REQUIRE(engine.remove(id, {}));
  CHECK_FALSE(engine.find_container("web", {}).value());
  CHECK(engine.remove(id, {})); // gone already
}

TEST_CASE("engine: starting what runs and stopping what ended is well") {
  Bench bench;
  const Engine engine = bench.engine();
  const std::string id = bench.made(engine, "web", {"sleep"});
  REQUIRE(engine.start(id, {}));
  CHECK(engine.start(id, {}));
  CHECK(engine.stop(id, Milliseconds(1500), {}));
  CHECK(bench.server.count("POST", "/stop?t=2") == 1);
  CHECK(engine.stop(id, Milliseconds(0), {}));
  CHECK(engine.kill(id, "KILL", {}).error().cause == Cause::conflict);
}

TEST_CASE("engine: containers are found by all of their labels, newest first") {
  Bench bench;
  const Engine engine = bench.engine();
  for (const char* name : {"a", "b", "c"}) {
    Value body = bench.body({"echo"});
    body["Labels"] = Value::Map{{"step", name[0] == 'c' ? "other" : "one"}, {"kind", "task"}};
    REQUIRE(engine.create_container(name, body, {}));
  }
  const auto lines = engine.list_containers({{"step", "one"}, {"kind", "task"}}, {}).value();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].name == "b");
  CHECK(lines[1].labels.at("step") == "one");
}

TEST_CASE("engine: a pull shows who pulls in a header of that one request") {
  Bench bench;
  bench.server.offer(reference);
  const Engine engine = bench.engine();
  CHECK_FALSE(engine.find_image(reference, {}).value());
  const Secret login = Secret::reference("login").resolved_with("bG9naW4=");
  REQUIRE(engine.pull(reference, login, nullptr, {}));
  CHECK(engine.find_image(reference, {}).value()->id == StrictEngine::image);
  for (const Received& received : bench.server.requests()) {
    const bool is_pull = received.target.find("/images/create") != std::string::npos;
    CHECK(received.headers.contains("x-registry-auth") == is_pull);
  }
  const Status missing = engine.pull("docker.io/library/none@sha256:1", {}, nullptr, {});
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::image_missing);
}

TEST_CASE("engine: what a registry has an image for is asked with a login, and changes nothing") {
  Bench bench;
  bench.server.offer(reference, "arm64");
  const Engine engine = bench.engine();
  CHECK(engine.endpoint().platform == "linux/amd64");
  const Secret login = Secret::reference("login").resolved_with("bG9naW4=");
  CHECK(engine.find_platforms(reference, login, {}).value() == std::vector<std::string>{"linux/arm64"});
  CHECK(bench.server.requests().back().headers.at("x-registry-auth") == "bG9naW4=");
  CHECK_FALSE(engine.find_image(reference, {}).value());
  const auto missing = engine.find_platforms("docker.io/library/none@sha256:1", {}, {});
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::image_missing);
}

TEST_CASE("engine: an archive is sent as it is read, and may end with an error after the status") {
  Bench bench;
  const Engine engine = bench.engine();
  const std::string id = "sha256:" + std::string(64, 'c');
  ArchiveInMemory archive(id);
  REQUIRE(engine.load(archive, {}));
  CHECK(engine.find_image(id, {}).value());
  ArchiveInMemory torn("half");
  const Status refused = engine.load(torn, {});
  REQUIRE(!refused);
  CHECK(refused.error().message == "unexpected EOF");
}

TEST_CASE("engine: it says which version it has, and where it is when its socket stands in for another's") {
  Bench bench;
  CHECK(bench.engine().endpoint().engine == "20.10.24");
  const auto met = Engine::meet(bench.http, "/nonexistent/forward", {}, "/run/docker.sock of 'web-1'");
  REQUIRE(!met);
  CHECK(
      met.error().message.starts_with("the Docker engine does not answer at /run/docker.sock of 'web-1': "));
}

TEST_CASE("engine: a name that is taken, and an image that is not there, are told as such") {
  Bench bench;
  const Engine engine = bench.engine();
  bench.made(engine, "web", {"echo"});
  CHECK(engine.create_container("web", bench.body({"echo"}), {}).error().cause == Cause::conflict);
  const Value other = Value::Map{{"Image", "none"}};
  CHECK(engine.create_container("other", other, {}).error().cause == Cause::image_missing);
}

TEST_CASE("engine: no socket, and one that nobody answers on, name the socket") {
  net::CurlHttp http;
  const auto met = Engine::meet(http, "/nonexistent/docker.sock", {});
  REQUIRE(!met);
  CHECK(met.error().cause == Cause::network);
  CHECK(met.error().message.starts_with("the Docker engine does not answer at /nonexistent/docker.sock"));
}

TEST_CASE("engine: one that is too old is refused before anything else is asked") {
  Bench bench;
  bench.server.api = "1.38";
  const auto met = Engine::meet(bench.http, bench.server.socket(), {});
  REQUIRE(!met);
  CHECK(met.error().cause == Cause::not_found);
  CHECK(bench.server.requests().size() == 1);
}

TEST_CASE("engine: an answer that is no JSON is an error, not an empty container") {
  Bench bench;
  bench.server.rule = [](const Received& received) -> std::optional<Reply> {
    if (received.target.find("/containers/") == std::string::npos) return std::nullopt;
    return Reply{.body = "<html>"};
  };
  const auto found = bench.engine().find_container("web", {});
  REQUIRE(!found);
  CHECK(found.error().cause == Cause::network);
}

TEST_CASE("engine: waiting for a container ends with the stop") {
  Bench bench;
  const Engine engine = bench.engine();
  const std::string id = bench.made(engine, "web", {"sleep"});
  REQUIRE(engine.start(id, {}));
  std::jthread stopper([&] { bench.stop.request_stop(); });
  CHECK(engine.wait(id, Milliseconds(600'000), bench.stop.get_token()).error().cause == Cause::cancelled);
}
