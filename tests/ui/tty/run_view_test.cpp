#include <catch2/catch.hpp>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "golden.hpp"
#include "ui/stream_player.hpp"
#include "ui/tty/layout.hpp"
#include "ui/tty/tty_renderer.hpp"

using namespace deployctl;
using namespace deployctl::ui;
using namespace deployctl::ui::tty;
using namespace std::chrono_literals;

namespace {

constexpr const char* failed_rollout = "tests/ui/streams/failed_rollout.ndjson";

Event about_api(std::string type, std::string target, Value::Map fields) {
  return {.type = std::move(type), .step = "api", .target = std::move(target), .fields = std::move(fields)};
}

// A step over so many hosts, none begun.
RunModel rollout(int hosts) {
  Value::List names;
  for (int i = 1; i <= hosts; ++i) names.push_back(fmt::format("app-{}", i));
  RunModel model;
  model.apply({.type = "run_started",
               .fields = Value::Map{{"stack", "hello/production"},
                                    {"operation", "apply"},
                                    {"steps", Value::List{Value::Map{
                                                  {"step", "api"}, {"waves", Value::List{Value(names)}}}}}}},
              1h);
  model.apply(about_api("step_started", "", {}), 1h);
  return model;
}

std::string text_of(const RunModel& model, int width, int rows, Instant now) {
  std::string out;
  for (const std::string& line : layout(model, {.width = width}, rows, now)) out += line + "\n";
  return out;
}

// The picture after every hundredth part of the stream, drawn for one terminal.
std::string pictures(int width, int rows) {
  const std::vector<Event> events = recorded_stream(failed_rollout);
  RunModel model;
  StreamClock clock;
  std::string out;
  std::string last;
  for (const Event& event : events) {
    clock.set(*parse_time(event.time));
    model.apply(event, clock.boot());
    const std::vector<std::string> lines = layout(model, {.width = width}, rows, clock.boot());
    CHECK(lines.size() <= static_cast<std::size_t>(rows));
    for (const std::string& line : lines) CHECK(display_width(line) <= static_cast<std::size_t>(width));
    // Where something begins or ends.
    if (event.type != "step_started" && event.type != "rollback_started" && event.type != "heartbeat" &&
        event.type != "gate_judged" && event.type != "rollback_finished")
      continue;
    out += fmt::format("--- {} {}\n", event.type, event.step);
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

} // namespace

TEST_CASE("run view: a rollout over twelve hosts that fails and goes back, at every width and height") {
  for (const auto& [width, rows] :
       {std::pair{60, 24}, std::pair{80, 24}, std::pair{120, 24}, std::pair{80, 8}})
    golden::check(fmt::format("tests/ui/goldens/run_view_{}x{}.txt", width, rows), pictures(width, rows));
}

TEST_CASE("run view: never wider or higher than the terminal, however small") {
  for (const int width : {1, 2, 12, 20, 40})
    for (const int rows : {1, 2, 3, 5}) {
      INFO(width << " columns, " << rows << " rows");
      const RunModel model = rollout(12);
      const auto lines = layout(model, {.width = width}, rows, 1h + 5s);
      CHECK(lines.size() <= static_cast<std::size_t>(rows));
      for (const std::string& line : lines) CHECK(display_width(line) <= static_cast<std::size_t>(width));
    }
}

TEST_CASE("run view: where a line is short, whole facts go, the least important first") {
  RunModel model = rollout(1);
  model.apply(about_api("stage_started", "app-1", {{"stage", "activate"}, {"limit_ms", 60'000}}), 1h);
  model.apply(about_api("waiting", "app-1", {{"until_ready", true}}), 1h);
  model.steps.front().targets.front().activity.detail = "status 502";
  const auto host_line = [&](int width) {
    const auto lines = layout(model, {.width = width}, 24, 1h + 3s);
    return std::string(trim(lines.back()));
  };
  model.steps.front().targets.front().activity.what = "activate";
  CHECK(host_line(79) == "running  app-1: activate, 3 s of at most 1 min, status 502");
  CHECK(host_line(60) == "running  app-1: activate, 3 s, status 502");
  CHECK(host_line(46) == "running  app-1: activate, status 502");
  CHECK(host_line(34) == "running  app-1: activate");
}

TEST_CASE("run view: where the screen is low, the first hosts are shown and the others named") {
  RunModel model = rollout(12);
  for (int i = 1; i <= 12; ++i)
    model.apply(about_api("stage_progress", fmt::format("app-{}", i),
                          {{"what", "upload"}, {"done", i << 20}, {"total", 40 << 20}}),
                1h);
  for (int i = 1; i <= 12; ++i)
    model.steps.front().targets[static_cast<std::size_t>(i - 1)].standing = Standing::working;
  CHECK(text_of(model, 79, 5, 1h) ==
        "apply hello/production: 0 of 1 step, 0 s\n"
        "   running  api  0 of 12 targets, 0 s\n"
        "       running  app-1: upload 1.0 of 40.0 MiB, 2 %\n"
        "       running  app-2: upload 2.0 of 40.0 MiB, 5 %\n"
        "       running  app-3, app-4, app-5, app-6, app-7, app-8, app-9 and 3 more\n");
}

TEST_CASE("run view: when it goes back, what has not begun is left out") {
  RunModel model = rollout(3);
  model.apply(about_api("stage_started", "app-1", {{"stage", "activate"}}), 1h);
  model.apply(about_api("rollback_started", "", {}), 1h);
  CHECK_THAT(text_of(model, 79, 24, 1h), Catch::Contains("left out  app-2, app-3"));
  model.apply(about_api("stage_started", "app-2", {{"stage", "report"}}), 1h); // `finally` may still run
  CHECK_THAT(text_of(model, 79, 24, 1h), Catch::Contains("running  app-2: report"));
}

TEST_CASE("run view: hosts that stand alike share a line, with the age of the first") {
  RunModel model = rollout(12);
  for (int i = 1; i <= 12; ++i)
    model.apply(
        about_api("stage_started", fmt::format("app-{}", i), {{"stage", "activate"}, {"limit_ms", 60'000}}),
        1h + std::chrono::seconds(i));
  CHECK(text_of(model, 79, 24, 1h + 21s) ==
        "apply hello/production: 0 of 1 step, 21 s\n"
        "   running  api  0 of 12 targets, 21 s\n"
        "       running  app-1, app-2, app-3 and 9 more: activate, 20 s of at most 1 min\n");
}

TEST_CASE("run view: bytes, rate and time left of a transfer; it never goes back") {
  RunModel model = rollout(1);
  model.apply(about_api("stage_started", "app-1", {{"stage", "upload"}}), 1h);
  const auto report = [&](int done, Instant now) {
    model.apply(
        about_api("stage_progress", "app-1", {{"what", "upload"}, {"done", done}, {"total", 40 << 20}}), now);
  };
  report(0, 1h);
  report(10 << 20, 1h + 5s);
  report(8 << 20, 1h + 5s); // a late part
  CHECK_THAT(text_of(model, 100, 24, 1h + 5s),
             Catch::Contains("app-1: upload 10.0 of 40.0 MiB, 25 %, 2.0 MiB/s, 15 s left"));
}

TEST_CASE("run view: wide letters count two cells") {
  RunModel model = rollout(1);
  model.apply(about_api("waiting", "", {}), 1h);
  model.steps.front().activity.what = std::string("等等等等等等等等等等等等等等等等等等等等");
  for (const std::string& line : layout(model, {.width = 40}, 24, 1h)) CHECK(display_width(line) <= 40);
}

TEST_CASE("run view: while the lock is held by another, who holds it and for how long") {
  RunModel model;
  model.apply({.type = "lock_waiting",
               .message = "waiting for the lock: held by ann@laptop",
               .fields = Value::Map{{"limit_ms", 300'000}}},
              1h);
  CHECK(text_of(model, 79, 24, 1h + 95s) ==
        "waiting for the lock: held by ann@laptop, 1 min 35 s of at most 5 min\n");
  model.apply({.type = "lock_acquired"}, 1h + 96s);
  CHECK(text_of(model, 79, 24, 1h + 96s).empty());
}

TEST_CASE("run view: an interrupt is said in the picture") {
  RunModel model = rollout(2);
  const Event asked{
      .type = "signal", .message = "Ctrl-C: nothing new starts", .fields = Value::Map{{"asked", true}}};
  const Event heeded{.type = "signal", .message = "winding down"};
  model.apply(asked, 1h);
  model.apply(heeded, 1h);
  CHECK_THAT(text_of(model, 79, 24, 1h), Catch::Contains("Ctrl-C: nothing new starts"));
  model = rollout(2);
  model.apply(heeded, 1h); // whichever comes first
  model.apply(asked, 1h);
  CHECK_THAT(text_of(model, 79, 24, 1h), Catch::Contains("Ctrl-C: nothing new starts"));
}

TEST_CASE("run view: events and fields of a newer engine change nothing") {
  RunModel model = rollout(1);
  const std::string before = text_of(model, 79, 24, 1h);
  model.apply({.type = "from_the_future", .step = "api", .fields = Value::Map{{"waves", "all"}}}, 1h);
  CHECK(text_of(model, 79, 24, 1h) == before);
  model.apply(about_api("stage_started", "app-1", {{"stage", 7}, {"limit_ms", "long"}}), 1h);
  model.apply(about_api("stage_progress", "app-1", {{"done", -1}, {"total", -1}}), 1h);
  CHECK_NOTHROW(text_of(model, 79, 24, 1h));
}

TEST_CASE("tty: at most ten pictures a second, none without a difference, and the cursor at the end") {
  StringWriter terminal;
  Screen screen(terminal);
  StreamClock clock;
  TtyRenderer renderer(screen, clock, {.room = [] { return Room{.columns = 80, .rows = 24}; }});
  std::size_t pictures_drawn = 0;
  std::size_t beats = 0;
  std::size_t length = 0;
  play(recorded_stream(failed_rollout), clock, renderer, [&] {
    ++beats;
    renderer.tick();
    const std::size_t drawn = terminal.text().size();
    renderer.tick(); // too early
    CHECK(terminal.text().size() == drawn);
    if (drawn != length) ++pictures_drawn;
    length = drawn;
  });
  CHECK(pictures_drawn > 20);
  CHECK(pictures_drawn < beats);
  CHECK(terminal.text().rfind("\033[?25h") > terminal.text().rfind("\033[?25l"));
}

TEST_CASE("tty: in the background there are lines and no picture") {
  StringWriter terminal;
  Screen screen(terminal);
  StreamClock clock;
  TtyRenderer renderer(screen, clock, {.room = [] { return Room{.rows = 0}; }});
  clock.set(WallTime(1'773'480'413s));
  renderer.show({.type = "run_started", .message = "run 1 begins", .fields = Value::Map{{"stack", "a/b"}}});
  renderer.tick();
  CHECK(terminal.text() == "run 1 begins\n");
}

TEST_CASE("tty: when the run has ended nothing comes back below the last word") {
  StringWriter terminal;
  Screen screen(terminal);
  BesideScreen beside(terminal, screen);
  StreamClock clock;
  TtyRenderer renderer(screen, clock, {.room = [] { return Room{}; }});
  clock.set(WallTime(1'773'480'413s));
  renderer.show({.type = "run_started", .message = "run 1 begins", .fields = Value::Map{{"stack", "a/b"}}});
  renderer.tick();
  renderer.settle();
  beside.write("the end\n");
  clock.set(WallTime(1'773'480'414s));
  renderer.tick();
  CHECK(terminal.text().ends_with("the end\n"));
}
