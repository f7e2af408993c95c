#include <catch2/catch.hpp>

#include <filesystem>

#include <deployctl/host_state.hpp>

#include "net/loopback_server.hpp"
#include "os/files.hpp"
#include "providers/release_bench.hpp"

using namespace deployctl;
using deployctl::tests::changed;
using deployctl::tests::stages;
using Bench = deployctl::tests::ReleaseBench;

TEST_CASE("host.release: a preflight that fails changes nothing that is live") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::string before = bench.current();
  bench.edit("two\n");
  const Ask ask =
      bench.release({{"preflight", Value::List{"sh", "-c", "cat index.html; echo \"$MODE bad\" >&2; exit 4"}},
                     {"env", Value::Map{{"MODE", "test"}}}});
  const auto failed = bench.deploy(ask);
  REQUIRE(!failed);
  CHECK(failed.error().cause == Cause::command_failed);
  CHECK(failed.error().evidence == std::vector<std::string>{"test bad"});
  CHECK(bench.current() == before);
  CHECK(bench.recorder.undos.size() == 1); // of the first deployment
}

TEST_CASE("host.release: reload runs in the new release, and again in the old one after a revert") {
  Bench bench;
  const auto with_reload = [&] {
    return bench.release({{"reload", Value::List{"sh", "-c", "cat index.html >> \"$LOG\""}},
                          {"env", Value::Map{{"LOG", bench.path("log")}}}});
  };
  REQUIRE(bench.deploy(with_reload()));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.edit("two\n");
  const Ask second = with_reload();
  REQUIRE(bench.deploy(second));
  REQUIRE(bench.revert(second));
  CHECK(bench.read("log") == "one\ntwo\none\n");
}

TEST_CASE("host.release: a switch that died before the service was told is finished") {
  Bench bench;
  const auto with_reload = [&](const char* reload) {
    return bench.release({{"reload", Value::List{"sh", "-c", reload}}});
  };
  REQUIRE(bench.deploy(with_reload("true")));
  bench.edit("two\n");
  const Ask dying = with_reload("exit 9");
  const Change change = *bench.plan(dying);
  REQUIRE_FALSE(bench.apply(dying, change));
  CHECK(bench.live("index.html") == "two\n");
  CHECK(bench.confirm(dying, change, "upload").state == Confirmation::State::done);
  CHECK(bench.confirm(dying, change, "switch").state == Confirmation::State::not_done);
  const Change rest = *bench.plan(with_reload("true"));
  CHECK(changed(rest) == std::vector<std::string>{"service"});
  CHECK(stages(rest) == std::vector<std::string>{"switch", "clean"});
  REQUIRE(bench.apply(with_reload("true"), rest));
  CHECK(bench.plan(with_reload("true"))->action == Action::none);
}

TEST_CASE("host.release: a switch done twice still goes back to what was live first") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  const std::string first = bench.current();
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.edit("two\n");
  const Ask ask = bench.release();
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change, "switch"));
  CHECK(bench.confirm(ask, change, "switch").state == Confirmation::State::done);
  REQUIRE(bench.apply(ask, change, "switch"));
  REQUIRE(bench.revert(ask));
  CHECK(bench.current() == first);
}

TEST_CASE("host.release: a half upload is taken up again and never becomes live") {
  Bench bench;
  const Ask ask = bench.release();
  const Change change = *bench.plan(ask);
  const std::string name = change.basis.find("to")->text()->substr(9);
  bench.write("srv/web/releases/." + name + ".part/index.html", "half");
  bench.write("srv/web/releases/" + name + "/index.html", "a folder that no listing covers");
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.live("index.html") == "one\n");
}

TEST_CASE("host.release: a link that someone else moved is not overwritten") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  bench.edit("two\n");
  const Ask ask = bench.release();
  const Change change = *bench.plan(ask);
  REQUIRE(bench.apply(ask, change, "upload"));
  GuardedPorts guard = bench.guarded(SessionMode::write, ask);
  std::filesystem::create_directories(bench.path("srv/web/releases/foreign"));
  std::filesystem::remove(bench.path("srv/web/current"));
  std::filesystem::create_directories(bench.path("srv/web/current"));
  const auto refused = bench.apply_stage(ask, change, change.stages[1]);
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::config);
  CHECK_FALSE(bench.plan(ask));
}

TEST_CASE("host.release: cleaning keeps the newest, the live one and the one before") {
  Bench bench;
  for (int i = 1; i <= 5; ++i) {
    bench.edit("version " + std::to_string(i));
    REQUIRE(bench.deploy(bench.release({{"keep", 1}})));
  }
  CHECK(bench.list("srv/web/releases").size() == 2);
  CHECK(bench.list("srv/web/.deployctl/listings").size() == 2);
}

TEST_CASE("host.release: health is asked once the release is live") {
  Bench bench;
  int status = 503;
  tests::LoopbackServer server(
      [&](const tests::Received&) { return tests::Reply{.status = status, .body = "starting"}; });
  const Ask ask =
      bench.release({{"health", Value::Map{{"http", ":" + std::to_string(server.port()) + "/healthz"},
                                           {"within", "30s"},
                                           {"consecutive", 2}}}});
  const Change change = *bench.plan(ask);
  const Stage& stage = change.stages[1];
  REQUIRE(stage.ready);
  CHECK(stage.ready->within == Milliseconds(30'000));
  CHECK(stage.ready->consecutive == 2);
  REQUIRE(bench.apply(ask, change, "switch"));
  const Readiness waiting = bench.ready(change, stage);
  CHECK(waiting.state == Readiness::State::waiting);
  CHECK(waiting.detail == "status 503, wanted 200");
  CHECK(waiting.evidence == std::vector<std::string>{"status 503", "starting"});
  status = 200;
  CHECK(bench.ready(change, stage).state == Readiness::State::ready);
  CHECK(server.requests().at(0).target == "/healthz");
}

TEST_CASE("host.release: going back waits for the answer of the release gone back to") {
  Bench bench;
  std::string version = "1";
  tests::LoopbackServer server([&](const tests::Received&) {
    return tests::Reply{.status = 200, .body = R"({"version": ")" + version + R"("})"};
  });
  const auto of_version = [&](const char* wanted) {
    return bench.release(
        {{"health", Value::Map{{"http", ":" + std::to_string(server.port()) + "/"},
                               {"json", Value::Map{{"pointer", "/version"}, {"equals", wanted}}}}}});
  };
  REQUIRE(bench.deploy(of_version("1")));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  bench.edit("two\n");
  const Ask second = of_version("2");
  REQUIRE(bench.deploy(second));
  const auto back = bench.plan_back(second, bench.recorder.undos.back());
  REQUIRE(back);
  REQUIRE(bench.apply(second, *back));
  CHECK(bench.ready(*back, back->stages.front()).state == Readiness::State::ready);
  version = "2";
  CHECK(bench.ready(*back, back->stages.front()).detail == "'/version' is \"2\", wanted \"1\"");
}

TEST_CASE("host.release: a removal leaves releases and shared, and can be taken back") {
  Bench bench;
  REQUIRE(bench.deploy(bench.release()));
  bench.recorder.undos.clear();
  bench.run = "run-2";
  const Ask removal = bench.removal({{"path", bench.path("srv/web")}});
  const Change change = *bench.plan(removal);
  CHECK(change.action == Action::remove);
  REQUIRE(bench.apply(removal, change));
  CHECK(bench.current().empty());
  CHECK(bench.list("srv/web/releases").size() == 1);
  CHECK(bench.confirm(removal, change, "remove").state == Confirmation::State::done);
  REQUIRE(bench.revert(removal));
  CHECK(bench.live("index.html") == "one\n");
}

TEST_CASE("host.release: the unit is restarted, watched, and its log is the evidence when it fails") {
  // A stand-in for systemd: it notes what it is told and answers from a file.
  Bench bench("/tmp/deployctl-systemd-" + std::to_string(getpid()));
  const std::string folder = "/tmp/deployctl-systemd-" + std::to_string(getpid());
  std::filesystem::create_directories(folder);
  const auto program = [&](const std::string& name, const std::string& text) {
    os::atomic_write(folder + "/" + name, "#!/bin/sh\n" + text, 0755).has_value();
  };
  program("systemctl",
          "case $1 in show) case \"$*\" in *--value*) echo yes ;; *) cat \"$HOME/state\" ;; esac ;;\n"
          "is-active) exit 0 ;; --version) echo systemd 252 ;; *) echo \"$@\" >> \"$HOME/told\" ;; esac\n");
  program("journalctl", "echo 'Traceback: no module'\n");
  bench.write("state", "ActiveState=failed\nSubState=failed\nResult=exit-code\nNRestarts=0\n");
  const Ask ask = bench.release({{"systemd", Value::Map{{"unit", "web.service"}, {"action", "restart"}}}});
  const Change change = *bench.plan(ask);
  CHECK_FALSE(change.downtime.empty());
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.read("told") == "daemon-reload\nrestart web.service\n");
  const Readiness failed = bench.ready(change, change.stages[1]);
  CHECK(failed.state == Readiness::State::failed);
  CHECK(failed.detail == "unit 'web.service' is failed (failed): exit-code");
  CHECK(failed.evidence == std::vector<std::string>{"Traceback: no module"});
  CHECK_FALSE(bench.observe(ask)->healthy);
  bench.write("state", "ActiveState=activating\nSubState=auto-restart\n");
  CHECK(bench.ready(change, change.stages[1]).state == Readiness::State::waiting);
  bench.write("state", "ActiveState=active\nSubState=running\n");
  CHECK(bench.ready(change, change.stages[1]).state == Readiness::State::ready);
  bench.write("state", "ActiveState=active\nSubState=running\nResult=exit-code\nNRestarts=2\n");
  const Readiness looping = bench.ready(change, change.stages[1]);
  CHECK(looping.state == Readiness::State::failed);
  CHECK(looping.detail ==
        "unit 'web.service' was restarted 2 times by systemd: its program ends (exit-code)");
  CHECK(looping.evidence == std::vector<std::string>{"Traceback: no module"});
  REQUIRE(bench.revert(ask)); // the first release: nothing is live, so the unit stops
  CHECK(bench.read("told").ends_with("stop web.service\n"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("host.release: a sudo that would refuse is seen before anything is changed") {
  const std::string folder = "/tmp/deployctl-sudo-" + std::to_string(getpid());
  Bench bench(folder);
  std::filesystem::create_directories(folder);
  const auto program = [&](const std::string& name, const std::string& text) {
    return os::atomic_write(folder + "/" + name, "#!/bin/sh\n" + text, 0755).has_value();
  };
  REQUIRE(program("systemctl", "case $1 in --version) echo systemd 252 ;; esac\n"));
  const Ask ask =
      bench.release({{"systemd", Value::Map{{"unit", "web.service"}, {"action", "auto"}, {"sudo", true}}}});
  const auto refusal = [&] {
    const auto seen = bench.observe(ask);
    REQUIRE(!seen);
    CHECK(seen.error().cause == Cause::permission);
    return seen.error().message;
  };
  REQUIRE(program("sudo", "echo sudo: a password is required >&2; exit 1\n"));
  CHECK(refusal() == "'web.service' cannot be told on 'local': sudo: a password is required");
  REQUIRE(program("sudo", "exit 1\n"));
  CHECK(refusal() == "'web.service' cannot be told on 'local': sudo does not allow "
                     "'systemctl reload-or-restart web.service'");
  REQUIRE(program("sudo",
                  "[ \"$*\" = '-n -l systemctl reload-or-restart web.service' ] && echo /bin/systemctl\n"));
  const auto seen = bench.observe(ask);
  REQUIRE(seen);
  CHECK(state_in(seen->facts).blocked.empty());
  std::filesystem::remove_all(folder);
}

TEST_CASE("host.release: mistakes are found before any host is asked") {
  const auto check = providers::host::make_release().description.check;
  const auto paths = [&](Value::Map inputs) {
    std::vector<std::string> found;
    for (const InputProblem& problem : check(Value(std::move(inputs)))) found.push_back(problem.path);
    return found;
  };
  CHECK(paths({{"path", "srv"}}) == std::vector<std::string>{"path"});
  CHECK(paths({{"path", "/srv/"}}) == std::vector<std::string>{"path"});
  CHECK(paths({{"path", "/srv/web"}, {"shared", Value::Map{{"../x", "y"}}}}) ==
        std::vector<std::string>{"shared.../x"});
  CHECK(paths({{"path", "/srv/web"}, {"shared", Value::Map{{"x", "/etc"}}}}) ==
        std::vector<std::string>{"shared.x"});
  CHECK(paths({{"path", "/srv/web"}, {"archive", Value::Map{{"path", "web.zip"}}}}) ==
        std::vector<std::string>{"archive"});
  CHECK(paths({{"path", "/srv/web"}, {"health", Value::Map{{"http", "localhost:80"}}}}) ==
        std::vector<std::string>{"health.http"});
  CHECK(paths({{"path", "/srv/web"}, {"env", Value::Map{{"A B", "1"}}}}) ==
        std::vector<std::string>{"env.A B"});
  CHECK(paths({{"path", "/srv/web"}, {"health", Value::Map{{"http", ":80/x"}, {"body_pattern", "("}}}}) ==
        std::vector<std::string>{"health.body_pattern"});
}
