#include <catch2/catch.hpp>

#include "providers/host/run.hpp"
#include "providers/workbench.hpp"

using namespace deployctl;
using deployctl::tests::Workbench;

TEST_CASE("host.run: a command in its folder, with arguments that are taken as they are") {
  Workbench bench(providers::host::make_run());
  const Value::List command = {"sh", "-c", "pwd; echo \"$1\"", "sh", "$(id) '; x"};
  const auto outputs = bench.deploy(bench.ask({{"command", command}, {"directory", bench.path()}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == bench.path() + "\n$(id) '; x");
}

TEST_CASE("host.run: a script in its folder, stopped by its first failure") {
  Workbench bench(providers::host::make_run());
  const auto outputs = bench.deploy(bench.ask({{"script", "pwd\necho \"$A ${DEPLOYCTL_DIRECTORY-unset}\""},
                                               {"directory", bench.path()},
                                               {"env", Value::Map{{"A", "it's"}}}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == bench.path() + "\nit's unset");
  const auto failed = bench.deploy(bench.ask({{"script", "echo before >&2\nfalse\necho after >&2"}}));
  REQUIRE(!failed);
  CHECK(failed.error().evidence == std::vector<std::string>{"before"});
}

TEST_CASE("host.run: secrets enter by variables and standard input and are masked on the way out") {
  Workbench bench(providers::host::make_run());
  const auto outputs = bench.deploy(bench.ask({{"script", "line=$(cat); echo \"$line+$T\""},
                                               {"env", Value::Map{{"T", Secret::reference("token", "v1")}}},
                                               {"stdin", Secret::reference("line", "v1")}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == "[secret:line]+[secret:token]");
}

TEST_CASE("host.run: on: first runs on the first host only") {
  Workbench bench(providers::host::make_run());
  const auto action = [&](const std::string& target) {
    const Ask ask =
        bench.ask({{"script", "true"}, {"on", "first"}, {"hosts", Value::List{"app-1", "app-2"}}}, target);
    return bench.plan(ask)->action;
  };
  CHECK(action("app-1") == Action::run);
  CHECK(action("app-2") == Action::none);
}

TEST_CASE("host.run: the check is asked on the host") {
  Workbench bench(providers::host::make_run());
  const Ask ask = bench.ask(
      {{"script", "touch done"}, {"directory", bench.path()}, {"check", Value::List{"test", "-e", "done"}}});
  const Change change = *bench.plan(ask);
  CHECK(bench.confirm(ask, change, "run").state == Confirmation::State::not_done);
  REQUIRE(bench.apply(ask, change));
  CHECK(bench.confirm(ask, change, "run").state == Confirmation::State::done);
}

TEST_CASE("host.run: a script may be longer than an argument of a process") {
  Workbench bench(providers::host::make_run());
  const std::string filler = "# " + std::string(200'000, 'x') + "\n";
  const auto outputs = bench.deploy(bench.ask(
      {{"script", filler + "read line; echo \"$line $# ${deployctl_script-unset}\""}, {"stdin", "in\n"}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == "in 0 unset");
  CHECK_FALSE(bench.deploy(bench.ask({{"script", filler + "false\necho never"}})));
}

TEST_CASE("host.run: sudo that asks for a password is a matter of permission") {
  Workbench bench(providers::host::make_run());
  const Ask ask = bench.ask({{"script", "echo 'sudo: a password is required' >&2; exit 1"}});
  const auto failed = bench.deploy(ask);
  REQUIRE_FALSE(failed);
  const Diagnosis diagnosis =
      bench.diagnose({.intent = bench.intent(ask, {}, "run"), .error = failed.error()});
  CHECK(diagnosis.cause == Cause::permission);
  const Diagnosis other =
      bench.diagnose({.intent = bench.intent(ask, {}, "run"),
                      .error = {.cause = Cause::command_failed, .message = "x", .evidence = {"no"}}});
  CHECK(other.cause == Cause::command_failed);
}
