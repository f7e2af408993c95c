#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <algorithm>

#include "providers/compose_bench.hpp"
#include "providers/release_bench.hpp"

using namespace deployctl;
using deployctl::tests::changed;
using deployctl::tests::stages;
using Bench = deployctl::tests::ComposeBench;

namespace {

const Stage& stage_named(const Change& change, const std::string& name) {
  return *std::ranges::find(change.stages, name, &Stage::name);
}

} // namespace

TEST_CASE("compose.project: a folder becomes a release that runs, and then nothing is left to do") {
  Bench bench;
  const Ask ask = bench.ask(bench.project());
  const Change change = *bench.plan(ask);
  CHECK(change.action == Action::create);
  CHECK(stages(change) == std::vector<std::string>{"upload", "pull", "up", "record", "clean"});
  CHECK(changed(change) == std::vector<std::string>{"services.api", "images.api", "files.compose.yaml",
                                                    "files.nginx.conf", "env.VERSION"});
  CHECK(change.summary.find("by Compose 1.29.2") != std::string::npos);
  CHECK(change.downtime.empty());
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.calls() ==
        std::vector<std::string>{"pull " + Bench::image("api"), "up --detach --no-build --timeout 10"});
  CHECK(bench.live("nginx.conf") == "listen 80;\n");
  CHECK(bench.live(".env") == "VERSION='1'\n");
  struct stat facts {};
  REQUIRE(stat(bench.path("srv/shop/current/.env").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
  CHECK(bench.live(".deployctl-images.json").find(Bench::image("api")) != std::string::npos);
  CHECK(bench.ready(change, stage_named(change, "up")).state == Readiness::State::ready);
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(bench.calls().empty());
}

TEST_CASE("compose.project: the plugin is taken where it is there, and the plan says its version") {
  Bench bench;
  bench.state("plugin", "");
  const Ask ask = bench.ask(bench.project());
  CHECK(bench.plan(ask)->summary.find("by Compose 2.17.2") != std::string::npos);
  REQUIRE(bench.deploy(ask));
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("compose.project: a plan names what differs, without values of the file") {
  Bench bench;
  REQUIRE(bench.deploy(bench.ask(bench.project())));
  bench.services({"api", "worker"}, "volumes:\n  data: {}\n");
  const std::string other = "api@sha256:" + std::string(64, '1');
  const Change change =
      *bench.plan(bench.ask(bench.project("2", {{"images", Value::Map{{"api", other}, {"worker", other}}}})));
  CHECK(change.action == Action::update);
  CHECK(changed(change) == std::vector<std::string>{"images.api", "services.api.definition",
                                                    "services.worker", "images.worker", "volumes.data",
                                                    "files.compose.yaml", "env.VERSION"});
  CHECK_FALSE(change.downtime.empty());
}

TEST_CASE("compose.project: a service that the file lost ends, and comes back when it is taken back") {
  Bench bench;
  bench.services({"api", "worker"});
  REQUIRE(bench.deploy(bench.ask(bench.project())));
  static_cast<void>(bench.calls());
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.services({"api"});
  const Ask ask = bench.ask(bench.project());
  REQUIRE(bench.deploy(ask));
  CHECK(bench.calls() == std::vector<std::string>{"rm worker", "up --detach --no-build --timeout 10"});
  CHECK(bench.observe(ask)->healthy);
  REQUIRE(bench.revert(ask));
  CHECK(bench.observe(ask)->managed.find_path("services.worker"));
  CHECK(bench.observe(ask)->healthy);
}

TEST_CASE("compose.project: one that crashes is told as such, and the one before comes back without a pull") {
  Bench bench;
  REQUIRE(bench.deploy(bench.ask(bench.project())));
  static_cast<void>(bench.calls());
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const std::string bad = "crash@sha256:" + std::string(64, '2');
  const Ask ask = bench.ask(bench.project("1", {{"images", Value::Map{{"api", bad}}}}));
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change, "up"));
  const Readiness readiness = bench.ready(change, stage_named(change, "up"));
  CHECK(readiness.state == Readiness::State::failed);
  CHECK(readiness.detail == "'shop_api_1' ended with exit status 3");
  CHECK(readiness.evidence == std::vector<std::string>{"no such table: users"});
  const Diagnosis diagnosis = bench.diagnose({.intent = bench.intent(ask, change, "up"),
                                              .error = {.cause = Cause::probe_failing, .message = "failed"}});
  CHECK(diagnosis.cause == Cause::crash_loop);
  static_cast<void>(bench.calls());
  REQUIRE(bench.revert(ask));
  CHECK(bench.calls() == std::vector<std::string>{"up --detach --no-build --timeout 10"});
  CHECK(bench.observe(ask)->healthy);
  CHECK(bench.plan(bench.ask(bench.project()))->action == Action::none);
}

TEST_CASE("compose.project: an up that failed half-way is not taken for done, and goes back") {
  Bench bench;
  REQUIRE(bench.deploy(bench.ask(bench.project())));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.state("failure", "Bind for 0.0.0.0:80 failed: port is already allocated\n");
  const Ask ask = bench.ask(bench.project("2"));
  const Change change = *bench.plan(ask);
  const auto failed = bench.apply(ask, change);
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::conflict);
  CHECK(bench.confirm(ask, change, "up").state == Confirmation::State::not_done);
  bench.forget("failure");
  REQUIRE(bench.revert(ask));
  CHECK(bench.plan(bench.ask(bench.project()))->action == Action::none);
}

TEST_CASE("compose.project: a question of Compose is an error, though it ended well") {
  Bench bench;
  bench.state("question",
              "Volume \"shop_data\" exists but doesn't match configuration in compose file. Recreate "
              "(data will be lost)? (y/N)\n");
  const auto asked = bench.deploy(bench.ask(bench.project()));
  REQUIRE(!asked);
  CHECK(asked.error().cause == Cause::conflict);
  CHECK(asked.error().message.find("a question that is for people") != std::string::npos);
}

TEST_CASE("compose.project: what Compose refuses is told before anything is sent") {
  Bench bench;
  bench.services({"api"}, "nonsense: true\n");
  const auto refused = bench.plan(bench.ask(bench.project()));
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::config);
  CHECK(refused.error().message.find("'nonsense' was unexpected") != std::string::npos);
  CHECK(bench.read("srv/shop/current/compose.yaml") == "(none)");
}

TEST_CASE("compose.project: a volume that changed is refused, with a way out") {
  Bench bench;
  bench.services({"api"}, "volumes:\n  data:\n    driver: local\n    driver_opts:\n      type: nfs\n");
  bench.state("volumes/shop_data",
              "{\"name\":\"shop_data\",\"driver\":\"local\",\"options\":null,\"key\":\"data\"}\n");
  const auto refused = bench.plan(bench.ask(bench.project()));
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::conflict);
  CHECK(refused.error().help.find("another name") != std::string::npos);
}

TEST_CASE("compose.project: what was changed by hand is in the plan and is mended") {
  Bench bench;
  const Ask ask = bench.ask(bench.project());
  REQUIRE(bench.deploy(ask));
  bench.write("srv/shop/current/nginx.conf", "listen 81;\n");
  CHECK(changed(*bench.plan(ask)) == std::vector<std::string>{"files.nginx.conf"});
  REQUIRE(bench.deploy(ask));
  CHECK(bench.live("nginx.conf") == "listen 80;\n");
  bench.write("srv/shop/current/.env", "VERSION='3'\n", 0600);
  CHECK(changed(*bench.plan(ask)) == std::vector<std::string>{"env_file"});
  REQUIRE(bench.deploy(ask));
  CHECK(bench.live(".env") == "VERSION='1'\n");
  CHECK(bench.plan(ask)->action == Action::none);
}

TEST_CASE("compose.project: containers of no service are reported, and removed only when that is wanted") {
  Bench bench;
  const Ask ask = bench.ask(bench.project());
  REQUIRE(bench.deploy(ask));
  bench.state("containers/old-1", R"({"id":"old-1","name":"/shop_old_1","service":"old","folder":")" +
                                      bench.path("srv/shop/releases/0") + R"(","status":"running"})" + "\n");
  CHECK(bench.plan(ask)->action == Action::none);
  CHECK(*bench.observe(ask)->facts.find("orphans") == Value(Value::List{"shop_old_1"}));
  const Change change = *bench.plan(bench.ask(bench.project("1", {{"orphans", "remove"}})));
  CHECK(changed(change) == std::vector<std::string>{"orphans.shop_old_1"});
}

TEST_CASE(
    "compose.project: values that the .env of this Compose cannot hold are refused, others arrive whole") {
  Bench bench;
  REQUIRE(bench.deploy(bench.ask(bench.project("a\\b'c $d #e"))));
  CHECK(bench.live(".env") == "VERSION='a\\\\b\\'c $d #e'\n"); // as version 1 reads it
  bench.state("plugin", "");
  const auto quoted = bench.deploy(bench.ask(bench.project("it's")));
  REQUIRE(!quoted);
  CHECK(quoted.error().cause == Cause::config);
  CHECK(quoted.error().message.find("single quote") != std::string::npos);
  CHECK_FALSE(bench.deploy(bench.ask(bench.project("two\nlines"))));
}

TEST_CASE("compose.project: a host without a container engine is told, and blocks") {
  Bench bench;
  bench.state("dead", "");
  const auto seen = bench.observe(bench.ask(bench.project()));
  REQUIRE(seen);
  const Value* blocked = seen->facts.find("blocked");
  REQUIRE(blocked);
  REQUIRE(blocked->list());
  CHECK(blocked->list()->front().text()->find("Cannot connect to the Docker daemon") != std::string::npos);
}

TEST_CASE("compose.project: old releases go, with their images only when that is wanted") {
  Bench bench;
  for (int i = 1; i < 4; ++i) {
    const std::string image = "api@sha256:" + std::string(64, static_cast<char>('0' + i));
    const Ask ask =
        bench.ask(bench.project("1", {{"images", Value::Map{{"api", image}}}, {"keep", 1}, {"prune", true}}));
    bench.run = "run-" + std::to_string(i);
    REQUIRE(bench.deploy(ask));
  }
  const std::string images = bench.state("images");
  CHECK(images.find(std::string(64, '1')) == std::string::npos);
  CHECK(images.find(std::string(64, '2')) != std::string::npos); // the release before, to go back to
  CHECK(images.find(std::string(64, '3')) != std::string::npos);
}

TEST_CASE("compose.project: mistakes in the inputs are told together") {
  Bench bench;
  const auto check = bench.provider.description.check;
  CHECK(check(Value(bench.project())).empty());
  const auto problems =
      check(Value(bench.project("1", {{"path", "srv"},
                                      {"files", Value::List{"other.yaml"}},
                                      {"images", Value::Map{{"api", "api:1"}}},
                                      {"env", Value::Map{{"COMPOSE_FILE", "x"}}},
                                      {"persistent", Value::Map{{"api", Value::List{"data"}}}}})));
  std::vector<std::string> paths(problems.size());
  std::ranges::transform(problems, paths.begin(), &InputProblem::path);
  CHECK(paths ==
        std::vector<std::string>{"path", "files", "env.COMPOSE_FILE", "images.api", "persistent.api"});
}
