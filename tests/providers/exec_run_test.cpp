#include <catch2/catch.hpp>

#include <thread>

#include "base/json.hpp"
#include "providers/exec/run.hpp"
#include "providers/workbench.hpp"

using namespace deployctl;
using deployctl::tests::Workbench;

namespace {

Value::List argv(std::initializer_list<const char*> words) {
  return Value::List(words.begin(), words.end());
}

} // namespace

TEST_CASE("exec.run: outputs of a command are its status, its text and its JSON") {
  Workbench bench(providers::exec::make_run());
  const auto outputs = bench.deploy(bench.ask({{"command", argv({"printf", " {\"a\": [1, 2]}\n"})}}));
  REQUIRE(outputs);
  CHECK(to_json(*outputs) == R"({"exit_code":0,"json":{"a":[1,2]},"stdout":"{\"a\": [1, 2]}"})");
  CHECK(bench.recorder.lines == std::vector<std::string>{" {\"a\": [1, 2]}"});
}

TEST_CASE("exec.run: a script stops at its first failure, and its last lines are the evidence") {
  Workbench bench(providers::exec::make_run());
  const auto ended = bench.deploy(bench.ask({{"script", "echo one >&2\nfalse\necho two >&2\n"}}));
  REQUIRE(!ended);
  CHECK(ended.error().cause == Cause::command_failed);
  CHECK(ended.error().message == "the command ended with exit status 1");
  CHECK(ended.error().evidence == std::vector<std::string>{"one"});
}

TEST_CASE("exec.run: the environment is what was asked for and a short list, not the caller's") {
  setenv("DEPLOYCTL_TEST_TOKEN", "leaked", 1);
  Workbench bench(providers::exec::make_run());
  const auto outputs =
      bench.deploy(bench.ask({{"script", "echo \"$A|${DEPLOYCTL_TEST_TOKEN-unset}|$DEPLOYCTL_STEP\""},
                              {"env", Value::Map{{"A", "1"}}}}));
  unsetenv("DEPLOYCTL_TEST_TOKEN");
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == "1|unset|web");
}

TEST_CASE("exec.run: secrets reach the command and are masked in outputs and evidence") {
  Workbench bench(providers::exec::make_run());
  const Value secret = Secret::reference("token", "v1");
  const auto outputs = bench.deploy(bench.ask({{"script", "line=$(cat); echo \"$line $T\""},
                                               {"env", Value::Map{{"T", secret}}},
                                               {"stdin", Secret::reference("line", "v1")}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == "[secret:line] [secret:token]");
  const auto failed = bench.deploy(
      bench.ask({{"script", "echo \"bad $T\" >&2; exit 3"}, {"env", Value::Map{{"T", secret}}}}));
  REQUIRE(!failed);
  CHECK(failed.error().evidence == std::vector<std::string>{"bad [secret:token]"});
}

TEST_CASE("exec.run: the crash class follows from effect and check") {
  const auto crash_class = providers::exec::make_run().description.crash_class;
  CHECK(crash_class(Value::Map{}) == CrashClass::opaque);
  CHECK(crash_class(Value::Map{{"effect", "repeatable"}}) == CrashClass::declarative);
  CHECK(crash_class(Value::Map{{"effect", "none"}, {"check", argv({"true"})}}) == CrashClass::observe);
  CHECK(crash_class(Value::Map{{"check", argv({"true"})}}) == CrashClass::marked);
}

TEST_CASE("exec.run: after a crash the check decides, and without one nobody does") {
  Workbench bench(providers::exec::make_run());
  const auto state = [&](Value::Map inputs) {
    const Ask ask = bench.ask(std::move(inputs));
    return bench.confirm(ask, *bench.plan(ask), "run").state;
  };
  const Value::List touch = argv({"touch", "done"});
  const Value::List check = argv({"test", "-e", "done"});
  CHECK(state({{"command", touch}, {"check", check}}) == Confirmation::State::not_done);
  REQUIRE(bench.deploy(bench.ask({{"command", touch}, {"check", check}})));
  CHECK(state({{"command", touch}, {"check", check}}) == Confirmation::State::done);
  CHECK(state({{"command", touch}}) == Confirmation::State::unknown);
  CHECK(state({{"command", touch}, {"effect", "repeatable"}}) == Confirmation::State::not_done);
}

TEST_CASE("exec.run: a stop ends the command, a limit too") {
  Workbench bench(providers::exec::make_run());
  const Ask ask = bench.ask({{"command", argv({"sleep", "600"})}, {"effect", "none"}});
  Change change = *bench.plan(ask);
  change.stages.front().timeout = Milliseconds(100);
  CHECK(bench.apply(ask, change).error().cause == Cause::timeout);
  std::jthread stopper([&] { bench.stop.request_stop(); });
  change.stages.front().timeout = Milliseconds(60'000);
  CHECK(bench.apply(ask, change).error().cause == Cause::cancelled);
}

TEST_CASE("exec.run: what the end of a command means") {
  Workbench bench(providers::exec::make_run());
  const auto cause = [&](const char* script) {
    const Ask ask = bench.ask({{"script", script}});
    GuardedPorts guard = bench.guarded(SessionMode::read, ask);
    Connection connection;
    ReadSession session{connection, guard.ports(), {}};
    const Error error = bench.deploy(ask).error();
    return bench.verbs<Task>().diagnose(session, {.intent = {}, .error = error}).cause;
  };
  CHECK(cause("exit 3") == Cause::command_failed);
  CHECK(cause("no-such-program-anywhere") == Cause::not_found);
  CHECK(cause("kill -9 $$") == Cause::out_of_memory);
}

TEST_CASE("exec.run: names of variables are checked before anything runs") {
  const auto check = providers::exec::make_run().description.check;
  const auto problems =
      check(Value::Map{{"env", Value::Map{{"A-B", "1"}, {"DEPLOYCTL_KEY", "x"}, {"GOOD", "1"}}}});
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].path == "env.A-B");
  CHECK(problems[1].path == "env.DEPLOYCTL_KEY");
}

TEST_CASE("exec.run: a script may be longer than an argument of a process") {
  Workbench bench(providers::exec::make_run());
  const std::string filler = "# " + std::string(200'000, 'x') + "\n";
  const auto outputs = bench.deploy(bench.ask({{"script", filler + "read line; echo \"$line $A $#\""},
                                               {"env", Value::Map{{"A", "it's"}}},
                                               {"stdin", "in\n"}}));
  REQUIRE(outputs);
  CHECK(*outputs->find("stdout")->text() == "in it's 0");
  CHECK_FALSE(bench.deploy(bench.ask({{"script", filler + "false\necho never"}})));
}
