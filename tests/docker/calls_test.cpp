#include <catch2/catch.hpp>

#include <deployctl/provider.hpp>

#include "base/guard.hpp"
#include "base/json.hpp"
#include "base/pattern.hpp"
#include "docker/answers.hpp"
#include "docker/calls.hpp"
#include "docker/version.hpp"

using namespace deployctl;
using namespace deployctl::docker;

namespace {

const Endpoint engine{.socket = "/run/docker.sock", .version = "1.41"};

std::string path_of(const HttpRequest& request) {
  const std::string rest = request.url.substr(std::string("http://docker").size());
  return rest.substr(0, rest.find('?'));
}

Operation row(Call call) {
  return operations({call}).front();
}

bool fits(Call call, const HttpRequest& request) {
  const Operation operation = row(call);
  return operation.name == request.operation && operation.method == request.method &&
         Pattern::compile(operation.path)->matches(path_of(request));
}

ServerVersion server(const std::string& api, const std::string& oldest = "1.12") {
  return {.version = "20.10.24", .api = api, .oldest_api = oldest};
}

} // namespace

TEST_CASE("engine calls: a request is what its row of the operation table says") {
  CHECK(fits(Call::version, make_request(engine, Call::version)));
  CHECK(make_request(engine, Call::version).url == "http://docker/version");
  CHECK(fits(Call::start_container, make_request(engine, Call::start_container, "web-1.2_x")));
  CHECK(fits(Call::inspect_image, make_request(engine, Call::inspect_image,
                                               "localhost:5000/team/app@sha256:" + std::string(64, 'a'))));
  const HttpRequest logs =
      make_request(engine, Call::container_logs, "web", {{"tail", "10"}, {"since", "a b"}});
  CHECK(fits(Call::container_logs, logs));
  CHECK(logs.url == "http://docker/v1.41/containers/web/logs?tail=10&since=a%20b");
  CHECK(logs.unix_socket == "/run/docker.sock");
}

TEST_CASE("engine calls: what a name holds cannot make another call of it") {
  const HttpRequest sly = make_request(engine, Call::inspect_container, "x/../../images");
  CHECK_FALSE(fits(Call::inspect_container, sly));
  CHECK_FALSE(fits(Call::inspect_container, make_request(engine, Call::inspect_container, "")));
  CHECK(make_request(engine, Call::inspect_container, "a?b#c").url ==
        "http://docker/v1.41/containers/a%3Fb%23c/json");
}

TEST_CASE("engine calls: what changes something is a write, and the rest is not") {
  for (const Call call :
       {Call::pull_image, Call::load_image, Call::create_container, Call::start_container,
        Call::stop_container, Call::kill_container, Call::rename_container, Call::update_container,
        Call::remove_container, Call::create_network, Call::create_volume}) {
    INFO(row(call).name);
    CHECK(row(call).effect == Effect::write);
  }
  for (const Call call :
       {Call::version, Call::info, Call::inspect_image, Call::list_containers, Call::inspect_container,
        Call::container_logs, Call::wait_container, Call::inspect_network, Call::inspect_volume}) {
    INFO(row(call).name);
    CHECK(row(call).effect == Effect::read);
  }
}

TEST_CASE("engine versions: the newest that both sides know is spoken") {
  CHECK(common_version(server("1.41")).value() == "1.41");
  CHECK(common_version(server("1.40")).value() == "1.40");
  CHECK(common_version(server("1.99", "1.44")).value() == "1.47");
}

TEST_CASE("engine versions: one that is too old, too new or no Docker at all says so") {
  CHECK(common_version(server("1.39")).error().message ==
        "Docker 20.10.24 is too old: its API has version 1.39, 1.40 is needed");
  CHECK(common_version(server("1.60", "1.48")).error().message.find("is too new") != std::string::npos);
  CHECK(common_version(server("")).error().message == "the engine says that its API has version ''");
  CHECK(common_version(server("2.0")).error().cause == Cause::not_found);
}

TEST_CASE("engine answers: a container is read with its state, health and labels") {
  const Value answer = *parse_json(
      R"({"Id":"c1","Name":"/web","Image":"sha256:1","RestartCount":2,
          "State":{"Status":"exited","ExitCode":137,"OOMKilled":true,"Error":"","StartedAt":"2026-01-01T00:00:00Z",
                   "Health":{"Status":"unhealthy"}},
          "Config":{"Image":"app@sha256:1","Labels":{"deployctl.step":"web"}}})",
      JsonMode::plain);
  const Container container = read_container(answer).value();
  CHECK(container.name == "web");
  CHECK(container.has_ended());
  CHECK(container.exit_code == 137);
  CHECK(container.out_of_memory);
  CHECK(container.health == "unhealthy");
  CHECK(container.restarts == 2);
  CHECK(container.labels.at("deployctl.step") == "web");
}

TEST_CASE("engine answers: one that lacks what it is about is an error, not an empty container") {
  CHECK(read_container(Value(Value::Map{})).error().message ==
        "the engine's answer about a container has no 'Id'");
  CHECK_FALSE(read_container(Value(Value::Map{{"Id", "c1"}})));
  CHECK_FALSE(read_containers(Value(Value::Map{})));
  CHECK_FALSE(read_image(Value("x")));
}
