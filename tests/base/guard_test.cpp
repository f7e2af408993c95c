#include "base/guard.hpp"

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"

using namespace deployctl;

namespace {

// Counts what gets through; answers nothing of interest.
struct Recorder final : Http, Hosts, Processes, Files {
  Result<HttpResponse> send(const HttpRequest&, std::stop_token) override { return ++passed, HttpResponse{}; }
  Result<HostResult> run(const Host&, const HostCommand&, std::stop_token) override {
    return ++passed, HostResult{};
  }
  Status transfer(const Host&, const HostTransfer&, std::stop_token) override { return ++passed, Status(); }
  Result<ProcessResult> run(const ProcessRequest&, std::stop_token) override {
    return ++passed, ProcessResult{};
  }
  Result<std::string> blob(const std::string&) override { return std::string(); }
  Result<std::string> find(const std::string&, const std::string&) override { return std::string(); }
  Result<std::string> read(const std::string&, std::size_t) override { return std::string(); }
  int passed = 0;
};

Description description() {
  Description description;
  description.name = "demo.service";
  description.operations = {
      {.name = "get",
       .effect = Effect::read,
       .protocol = Protocol::http,
       .method = "GET",
       .path = "/v1/[^/]+"},
      {.name = "login",
       .effect = Effect::auth,
       .protocol = Protocol::http,
       .method = "POST",
       .path = "/token"},
      {.name = "put", .effect = Effect::write, .protocol = Protocol::http, .method = "PUT", .path = "/v1/.*"},
      {.name = "broken", .effect = Effect::read, .protocol = Protocol::http, .method = "GET", .path = "/("},
      {.name = "probe", .effect = Effect::read, .protocol = Protocol::host, .script = "readlink -- \"$1\""},
      {.name = "check",
       .effect = Effect::read,
       .protocol = Protocol::host,
       .script = "exec \"$@\"",
       .from_input = "check"},
      {.name = "script", .effect = Effect::write, .protocol = Protocol::host, .from_input = "script"},
      {.name = "within",
       .effect = Effect::write,
       .protocol = Protocol::host,
       .script = "cd /srv && exec sh -ec \"$1\"",
       .from_input = "script"},
      {.name = "upload", .effect = Effect::write, .protocol = Protocol::transfer},
      {.name = "test", .effect = Effect::read, .protocol = Protocol::process, .from_input = "check"},
      {.name = "shell", .effect = Effect::write, .protocol = Protocol::process, .from_input = "script"},
      {.name = "tool", .effect = Effect::write, .protocol = Protocol::process, .any_argv = true},
      {.name = "liar", .effect = Effect::read, .protocol = Protocol::process, .any_argv = true},
      {.name = "credential",
       .effect = Effect::auth,
       .protocol = Protocol::process,
       .path = "docker-credential-[a-z]+\\nget"},
  };
  return description;
}

struct Session {
  explicit Session(SessionMode mode)
      : guard({.http = recorder,
               .hosts = recorder,
               .processes = recorder,
               .files = recorder,
               .clock = clock,
               .random = random},
              description(), mode,
              {Value(Value::Map{{"check", Value::List{"true", "now"}}, {"script", "systemctl reload web"}}),
               Value()}) {}

  std::string http(std::string operation, std::string method, std::string url) {
    return told(guard.ports().http.send(
        {.operation = std::move(operation), .method = std::move(method), .url = std::move(url)}, {}));
  }
  std::string host(std::string operation, std::string script, std::vector<std::string> arguments = {}) {
    return told(guard.ports().hosts.run(
        {},
        {.operation = std::move(operation), .script = std::move(script), .arguments = std::move(arguments)},
        {}));
  }
  std::string transfer(std::string operation) {
    return told(guard.ports().hosts.transfer({}, {.operation = std::move(operation)}, {}));
  }
  std::string process(std::string operation, std::vector<std::string> argv) {
    return told(
        guard.ports().processes.run({.operation = std::move(operation), .argv = std::move(argv)}, {}));
  }

  // Empty when the request got through, and only then.
  template <class T>
  std::string told(const Result<T>& result) {
    const int before = std::exchange(seen, recorder.passed);
    CHECK(recorder.passed - before == (result ? 1 : 0));
    if (result) return {};
    CHECK(result.error().cause == Cause::internal);
    return result.error().message;
  }

  Recorder recorder;
  SystemClock clock;
  SystemRandom random;
  GuardedPorts guard;
  int seen = 0;
};

} // namespace

TEST_CASE("guard: what the table lists gets through") {
  Session read(SessionMode::read);
  CHECK(read.http("get", "GET", "https://api.example.com/v1/web?x=/../y#z").empty());
  CHECK(read.http("login", "POST", "https://api.example.com/token").empty());
  CHECK(read.host("probe", "readlink -- \"$1\"", {"/srv/app"}).empty());
  CHECK(read.host("check", "exec \"$@\"", {"true", "now"}).empty());
  CHECK(read.process("test", {"true", "now"}).empty());
  CHECK(read.process("credential", {"docker-credential-pass", "get"}).empty());
  CHECK_FALSE(read.process("credential", {"docker-credential-pass", "erase"}).empty());
  CHECK_FALSE(read.process("credential", {"docker-credential-pass", "get", "more"}).empty());
  Session write(SessionMode::write);
  CHECK(write.http("get", "GET", "https://api.example.com/v1/web").empty());
  CHECK(write.http("put", "PUT", "https://api.example.com/v1/web/scale").empty());
  CHECK(write.host("script", "systemctl reload web").empty());
  CHECK(write.host("within", "cd /srv && exec sh -ec \"$1\"", {"systemctl reload web"}).empty());
  CHECK(write.transfer("upload").empty());
  CHECK(write.process("shell", {"/bin/sh", "-ec", "systemctl reload web"}).empty());
  CHECK(write.process("tool", {"anything"}).empty());
}

TEST_CASE("guard: a write in a read session is refused, whatever its protocol") {
  Session read(SessionMode::read);
  CHECK(read.http("put", "PUT", "https://api.example.com/v1/web") ==
        "operation 'put' of 'demo.service' (effect write) was refused in a read session: it would change "
        "something");
  CHECK_FALSE(read.host("script", "systemctl reload web").empty());
  CHECK_FALSE(read.transfer("upload").empty());
  CHECK_FALSE(read.process("shell", {"sh", "-c", "systemctl reload web"}).empty());
  CHECK_FALSE(read.process("tool", {"true"}).empty());
}

TEST_CASE("guard: an unknown operation is refused") {
  Session write(SessionMode::write);
  CHECK(write.http("delete", "DELETE", "https://x/") ==
        "'demo.service' has no operation 'delete'; a write session refused it");
  CHECK_FALSE(write.http("", "GET", "https://x/v1/a").empty());
}

TEST_CASE("guard: an operation of another protocol is refused") {
  Session write(SessionMode::write);
  CHECK(write.host("get", "x") ==
        "operation 'get' of 'demo.service' (effect read) was refused in a write session: "
        "it is of protocol http, not host");
  CHECK_FALSE(write.transfer("probe").empty());
  CHECK_FALSE(write.process("probe", {}).empty());
}

TEST_CASE("guard: method and path must be the entry's") {
  Session write(SessionMode::write);
  CHECK(write.http("get", "POST", "https://x/v1/a").ends_with("method POST is not GET"));
  CHECK(write.http("get", "GET", "https://x/v1/a/b").ends_with("path '/v1/a/b' is not '/v1/[^/]+'"));
  CHECK_FALSE(write.http("get", "GET", "https://x?p=/v1/a").empty());
  CHECK_FALSE(write.http("get", "GET", "/v1/a").empty());
  CHECK_FALSE(write.http("get", "GET", "https://x/v1/..").empty());
  CHECK_FALSE(write.http("put", "PUT", "https://x/v1/../admin").empty());
  CHECK_FALSE(write.http("put", "PUT", "https://x/v1/%2E%2e/admin").empty());
  CHECK_FALSE(write.http("broken", "GET", "https://x/(").empty());
}

TEST_CASE("guard: scripts and argv must be the entry's or the user's own") {
  Session write(SessionMode::write);
  CHECK(write.host("probe", "rm -rf \"$1\"").ends_with("the script is not the table's"));
  CHECK(write.host("check", "exec \"$@\"", {"true"}).ends_with("the command is not the input 'check'"));
  CHECK_FALSE(write.host("check", "rm", {"true", "now"}).empty());
  CHECK_FALSE(write.host("script", "systemctl stop web").empty());
  CHECK_FALSE(write.host("within", "cd /srv && exec sh -ec \"$1\"", {"systemctl stop web"}).empty());
  CHECK_FALSE(write.host("within", "exec sh -ec \"$1\"", {"systemctl reload web"}).empty());
  CHECK(write.process("test", {"false"}).ends_with("argv is not the input 'check'"));
  CHECK_FALSE(write.process("shell", {"sh", "-c", "systemctl stop web"}).empty());
  CHECK_FALSE(write.process("shell", {"sh", "-c", "true", "systemctl reload web"}).empty());
  CHECK_FALSE(write.process("shell", {"bash", "-c", "systemctl reload web"}).empty());
  CHECK(write.process("liar", {"x"}).ends_with("any argv is allowed, but the effect is not write"));
}
