#include "state/history.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

#include <fmt/core.h>

#include "base/json.hpp"
#include "os/scratch.hpp"

using namespace deployctl;
using namespace deployctl::state;

namespace {

std::string ulid(int number) {
  return fmt::format("01J000000000000000000{:05}", number);
}

Release release(int number, const std::string& environment = "production") {
  Release out{.id = ulid(number), .number = number};
  out.version = fmt::format("1.{}.0", number);
  out.project = "hello";
  out.environment = environment;
  out.commit = fmt::format("{:07x}{}", number, std::string(33, 'c'));
  out.tree = std::string(64, 't');
  out.dirty = true;
  out.created_at = "2026-03-14T09:26:53.589Z";
  out.created_by = "ann@laptop";
  out.run = ulid(number + 50000);
  out.operation = "apply";
  out.plan_digest = std::string(64, 'p');
  out.pipeline_digest = std::string(64, 'l');
  out.tool = "0.1.0";
  ReleaseStep step{.id = "web", .action = "host.release", .kind = Kind::resource, .instance = "host"};
  step.identity = "host.release:/srv/web";
  step.inputs = Value::Map{
      {"token", Secret::reference("token", "keyed:0123456789abcdef")},
      {"binary",
       Value::Map{{"path", "bin/app"}, {"sha256", std::string(64, 'a')}, {"size", 3}, {"mode", 0755}}},
      {"site", Value::Map{{"path", "site"},
                          {"sha256", std::string(64, 'd')},
                          {"entries", Value::Map{{"index.html", Value::Map{{"sha256", std::string(64, 'b')},
                                                                           {"size", 1},
                                                                           {"mode", 0644}}},
                                                 {"link", Value::Map{{"link", "index.html"}}}}}}}};
  step.outputs = Value::Map{{"release", "20260314"}};
  step.hosts = {{.name = "web-1",
                 .user = "deploy",
                 .address = "203.0.113.7",
                 .port = 22,
                 .vars = Value::Map{{"zone", "a"}}}};
  step.needs = {"build"};
  step.irreversible = "why";
  out.steps = {
      step,
      {.id = "build", .action = "exec.run", .kind = Kind::task, .task_fingerprint = std::string(64, 'f')}};
  return out;
}

History opened(const Scratch& scratch) {
  auto history = History::open(scratch.path("history.db"));
  INFO((history ? "" : history.error().message));
  REQUIRE(history);
  return *std::move(history);
}

std::string found(const History& history, const std::string& selector) {
  const auto release = history.find("hello/production", selector);
  if (!release) return "error: " + release.error().message;
  return *release ? (*release)->id : "none";
}

} // namespace

TEST_CASE("release: survives its document, with secrets as references and every field in place") {
  Release written = release(7);
  written.outcome = ReleaseOutcome::mixed;
  written.rolled_back_to = ulid(3);
  const std::string text = to_json(to_value(written));
  const auto read = parse_json(text, JsonMode::contract).and_then(release_from);
  REQUIRE(read);
  CHECK(to_json(to_value(*read)) == text);
  CHECK(read->step("web")->hosts == written.steps[0].hosts);
  CHECK(read->step("none") == nullptr);
  CHECK(read->stack() == "hello/production");
  const auto* token = read->step("web")->inputs.find("token")->get<Secret>();
  REQUIRE(token);
  CHECK(token->name() == "token");
  CHECK(token->version() == "keyed:0123456789abcdef");
  CHECK_FALSE(token->is_resolved());
}

TEST_CASE("release: the files it needs are those of its inputs, of trees their entries") {
  CHECK(blobs_of(release(1)) == std::vector<std::string>{std::string(64, 'a'), std::string(64, 'b')});
}

TEST_CASE("release: a document that is not one is refused with its field") {
  const Value good = to_value(release(1));
  for (const auto& [name, member] : *good.map()) {
    Value::Map without = *good.map();
    without.erase(name);
    const auto read = release_from(without);
    REQUIRE_FALSE(read);
    CHECK_THAT(read.error().message, Catch::Contains("'" + name + "'"));
  }
  Value::Map newer = *good.map();
  newer["format"] = 2;
  newer["whatever"] = 1;
  CHECK_THAT(release_from(newer).error().message, Catch::Contains("format 2 is newer"));
  Value::Map outcome = *good.map();
  outcome["outcome"] = "great";
  CHECK_THAT(release_from(outcome).error().message, Catch::Contains("'great'"));
}

TEST_CASE("history: releases of a stack, newest first, and kept over a new start") {
  const Scratch scratch;
  {
    History history = opened(scratch);
    for (int i = 1; i <= 3; ++i) REQUIRE(history.add_release(release(i)));
    Release other = release(4, "staging");
    other.number = 1;
    REQUIRE(history.add_release(other));
  }
  const History history = opened(scratch);
  const auto lines = history.releases("hello/production", 2);
  REQUIRE(lines);
  REQUIRE(lines->size() == 2);
  CHECK((*lines)[0].number == 3);
  CHECK((*lines)[0].version == "1.3.0");
  CHECK((*lines)[0].dirty);
  CHECK((*lines)[0].created_by == "ann@laptop");
  CHECK((*lines)[0].outcome == ReleaseOutcome::good);
  CHECK((*lines)[1].number == 2);
  CHECK(history.releases("hello/none", 10)->empty());
}

TEST_CASE("history: a release's id, and its number within the stack, are taken once") {
  const Scratch scratch;
  History history = opened(scratch);
  REQUIRE(history.add_release(release(1)));
  CHECK(history.add_release(release(1)).error().cause == Cause::conflict);
  Release same_number = release(2);
  same_number.number = 1;
  CHECK(history.add_release(same_number).error().cause == Cause::conflict);
  CHECK(history.releases("hello/production", 10)->size() == 1);
}

TEST_CASE("history: a release is found by id, number, version or the beginning of its commit") {
  const Scratch scratch;
  History history = opened(scratch);
  for (int i = 1; i <= 12; ++i) REQUIRE(history.add_release(release(i)));
  Release again = release(13);
  again.version = "1.2.0";
  again.commit = release(2).commit;
  REQUIRE(history.add_release(again));
  Release tagged = release(14);
  tagged.version = "v2.0.0";
  tagged.commit = "000000a" + std::string(33, 'd');
  REQUIRE(history.add_release(tagged));

  CHECK(found(history, ulid(5)) == ulid(5));
  CHECK(found(history, "5") == ulid(5));
  CHECK(found(history, "1.5.0") == ulid(5));
  CHECK(found(history, "v1.5.0") == ulid(5));
  CHECK(found(history, "2.0.0") == ulid(14));
  CHECK(found(history, "1.2.0") == ulid(13));
  CHECK(found(history, "0000002") == ulid(2)); // a number first: release 2
  CHECK(found(history, "0000002c") == ulid(13));
  CHECK(found(history, release(3).commit) == ulid(3));
  CHECK(found(history, "000000a") == "error: '000000a' begins 2 released commits");
  CHECK(found(history, "000000ad") == ulid(14));
  CHECK(found(history, "99") == "none");
  CHECK(found(history, "000000") == "none");
  CHECK(found(history, "") == "none");
  CHECK(found(history, "' OR 1=1 --") == "none");
  CHECK_FALSE(*history.find("hello/staging", "5"));
}

TEST_CASE("history: the latest good release passes over failed and quarantined ones") {
  const Scratch scratch;
  History history = opened(scratch);
  CHECK_FALSE(*history.latest_good("hello/production"));
  for (int i = 1; i <= 5; ++i) {
    Release next = release(i);
    if (i == 4) next.outcome = ReleaseOutcome::mixed;
    REQUIRE(history.add_release(next));
  }
  CHECK((*history.latest_good("hello/production"))->number == 5);
  CHECK((*history.latest_good("hello/production", ulid(5)))->number == 3);
  REQUIRE(history.set_quarantine(ulid(3), true, "breaks login"));
  CHECK((*history.latest_good("hello/production", ulid(5)))->number == 2);
  CHECK_FALSE(*history.latest_good("hello/production", ulid(1)));
  CHECK(history.latest_good("hello/production", ulid(99)).error().cause == Cause::not_found);
}

TEST_CASE("history: quarantine is of the newest release of a commit, and can be lifted") {
  const Scratch scratch;
  History history = opened(scratch);
  REQUIRE(history.add_release(release(1)));
  CHECK_FALSE(*history.quarantined("hello/production", release(1).commit));
  REQUIRE(history.set_quarantine(ulid(1), true, "breaks login"));
  const auto quarantined = history.quarantined("hello/production", release(1).commit);
  REQUIRE(*quarantined);
  CHECK((*quarantined)->quarantine_reason == "breaks login");
  CHECK((*history.releases("hello/production", 1))[0].quarantined);
  CHECK_FALSE(*history.quarantined("hello/production", ""));
  REQUIRE(history.set_quarantine(ulid(1), false, ""));
  CHECK_FALSE(*history.quarantined("hello/production", release(1).commit));
  CHECK(history.set_quarantine(ulid(9), true, "x").error().cause == Cause::not_found);
}

TEST_CASE("history: runs begin, end, and are listed newest first") {
  const Scratch scratch;
  History history = opened(scratch);
  for (int i = 1; i <= 3; ++i)
    REQUIRE(history.add_run({.id = ulid(i),
                             .stack = "hello/production",
                             .operation = "apply",
                             .started_at = "2026-03-14T09:26:53.589Z",
                             .journal = "runs/x.journal"}));
  auto run = history.run(ulid(2));
  REQUIRE(*run);
  CHECK((*run)->ended_at.empty());
  CHECK_FALSE((*run)->exit_code);
  CHECK((*run)->summary.is_null());

  REQUIRE(history.finish_run({.id = ulid(2),
                              .ended_at = "2026-03-14T09:27:00.000Z",
                              .exit_code = 8,
                              .outcome = "rolled_back",
                              .summary = Value::Map{{"changed", 0}}}));
  run = history.run(ulid(2));
  CHECK((*run)->exit_code == 8);
  CHECK((*run)->outcome == "rolled_back");
  CHECK((*run)->operation == "apply");
  CHECK((*run)->summary == Value(Value::Map{{"changed", 0}}));
  CHECK(history.finish_run({.id = ulid(9)}).error().cause == Cause::not_found);
  CHECK_FALSE(*history.run(ulid(9)));
  const auto runs = history.runs("hello/production", 2);
  REQUIRE(runs->size() == 2);
  CHECK((*runs)[0].id == ulid(3));
}

TEST_CASE("history: two opened at once see each other's writes") {
  const Scratch scratch;
  History one = opened(scratch);
  History other = opened(scratch);
  {
    std::vector<std::jthread> threads;
    for (History* history : {&one, &other})
      threads.emplace_back([history, first = history == &one ? 1 : 101] {
        for (int i = 0; i < 20; ++i) (void)history->add_release(release(first + i));
      });
  }
  CHECK(one.releases("hello/production", 100)->size() == 40);
  CHECK(other.releases("hello/production", 100)->size() == 40);
}

TEST_CASE("history: a newer schema, another file and damage are refused") {
  const Scratch scratch;
  { const History history = opened(scratch); }
  std::string bytes = scratch.read("history.db");
  bytes[63] = 99; // the schema's version stands at offset 60, big endian
  scratch.write("newer.db", bytes);
  const auto newer = History::open(scratch.path("newer.db"));
  REQUIRE_FALSE(newer);
  CHECK_THAT(newer.error().message, Catch::Contains("has schema 99"));

  scratch.write("text.db", std::string(8192, 'x'));
  CHECK(History::open(scratch.path("text.db")).error().cause == Cause::config);
  CHECK(History::open(scratch.path("none/history.db")).error().cause == Cause::permission);
}

TEST_CASE("history: ten thousand releases are listed within what a prompt may take", "[.slow]") {
  const Scratch scratch;
  History history = opened(scratch);
  for (int i = 1; i <= 10'000; ++i) REQUIRE(history.add_release(release(i)));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(history.releases("hello/production", 10'000)->size() == 10'000);
  const auto listed = std::chrono::steady_clock::now();
  CHECK(*history.latest_good("hello/production"));
  const auto found_at = std::chrono::steady_clock::now();
  const auto milliseconds = [](auto span) { return std::chrono::duration<double, std::milli>(span).count(); };
  WARN("listed in " << milliseconds(listed - begin) << " ms, latest in " << milliseconds(found_at - listed)
                    << " ms");
}
