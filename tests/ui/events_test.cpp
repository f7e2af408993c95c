#include <chrono>
#include <memory>

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "base/redactor.hpp"
#include "base/strings.hpp"
#include "golden.hpp"
#include "ui/event_stream.hpp"
#include "ui/ndjson.hpp"
#include "ui/plain.hpp"
#include "ui/quiet.hpp"

using namespace deployctl;

namespace {

class StoppedClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(1'773'480'413'589)) + passed;
  }
  [[nodiscard]] std::chrono::nanoseconds boot() const override { return passed; }

  std::chrono::milliseconds passed{0};
};

// One run that fails: what the engine emits, with the time at which it does.
void play(EventSink& sink, StoppedClock& clock) {
  const auto at = [&](int milliseconds, Event event) {
    clock.passed = std::chrono::milliseconds(milliseconds);
    sink.emit(std::move(event));
  };
  at(0, {.type = "lock_acquired", .level = Level::debug, .message = "the lock of hello/production is held"});
  at(10, {.type = "run_started", .message = "run 01J began"});
  at(20, {.type = "step_started", .message = "started", .step = "web"});
  for (int percent = 0; percent <= 100; percent += 2)
    at(100 + percent * 10, {.type = "stage_progress",
                            .message = "upload " + std::to_string(percent) + " %",
                            .step = "web",
                            .target = "app-1",
                            .fields = Value::Map{{"done", percent}, {"total", 100}}});
  at(2'000,
     {.type = "step_output", .message = "listening \033[31mon\r 8000", .step = "web", .target = "app-1"});
  at(12'000, {.type = "heartbeat",
              .message = "waiting for the health of app-1 for 10 s of 60 s",
              .step = "web",
              .target = "app-1"});
  at(14'000, {.type = "step_output",
              .message = "password is hunter2-hunter2",
              .step = "web",
              .target = "app-1",
              .fields = Value::Map{{"line", "hunter2-hunter2"}, {"key", Secret::reference("password")}}});
  at(15'000, {.type = "stage_finished",
              .level = Level::error,
              .message = "health check failed: status 500, wanted 200",
              .step = "web",
              .target = "app-1",
              .fields = Value::Map{{"cause", "probe_failing"}}});
  at(16'000,
     {.type = "rollback_started", .level = Level::warning, .message = "changes are being taken back"});
  at(17'000, {.type = "rollback_finished", .message = "web is as before", .step = "web"});
  at(17'001, {.type = "summary",
              .level = Level::error,
              .message = "failed; every change was reverted",
              .fields = Value::Map{{"exit_code", 8}}});
}

template <class MakeRenderer>
std::string transcript(MakeRenderer make) {
  StoppedClock clock;
  ui::StringWriter writer;
  RedactionSet redactions;
  redactions.add(Secret::reference("password").resolved_with("hunter2-hunter2"));
  std::vector<std::unique_ptr<ui::Renderer>> renderers;
  renderers.push_back(make(writer, clock));
  ui::EventStream stream(clock,
                         {.run = "01J0000000000000000000000",
                          .tool = "0.1.0",
                          .redact = [&](std::string_view text) { return redactions.redact(text); }},
                         std::move(renderers));
  play(stream, clock);
  return writer.text();
}

std::string ndjson_transcript() {
  return transcript([](ui::Writer& writer, Clock&) { return std::make_unique<ui::NdjsonRenderer>(writer); });
}

} // namespace

TEST_CASE("plain: one line a change, progress now and then, no control characters, no secret") {
  const std::string text = transcript([](ui::Writer& writer, Clock& clock) {
    return std::make_unique<ui::PlainRenderer>(writer, clock, ui::Style{});
  });
  golden::check("tests/ui/goldens/events_plain.txt", text);
  CHECK(text.find_first_of("\r\033") == std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
}

TEST_CASE("plain: verbose shows debug events too") {
  const std::string text = transcript([](ui::Writer& writer, Clock& clock) {
    return std::make_unique<ui::PlainRenderer>(writer, clock, ui::Style{}, ui::Verbosity::verbose);
  });
  CHECK(text.find("the lock of hello/production is held") != std::string::npos);
}

TEST_CASE("quiet: a failed run gives one report with the last output of what failed") {
  const std::string text = transcript(
      [](ui::Writer& writer, Clock&) { return std::make_unique<ui::QuietRenderer>(writer, ui::Style{}); });
  golden::check("tests/ui/goldens/events_quiet.txt", text);
}

TEST_CASE("quiet: a good run says nothing") {
  ui::StringWriter writer;
  ui::QuietRenderer quiet(writer, {});
  quiet.show({.type = "step_output", .message = "hello", .step = "web"});
  quiet.show(
      {.type = "stage_finished", .level = Level::error, .message = "first attempt failed", .step = "web"});
  quiet.show({.type = "summary", .fields = Value::Map{{"exit_code", 0}}});
  CHECK(writer.text().empty());
}

TEST_CASE("ndjson: a version line first, then numbered and dated events without secrets") {
  const std::string text = ndjson_transcript();
  golden::check("tests/ui/goldens/events.ndjson", text);
  CHECK(text.find("hunter2") == std::string::npos);
  std::int64_t expected = 0;
  for (const std::string_view line : split(trim(text), '\n')) {
    const Result<Value> event = parse_json(line, JsonMode::plain);
    REQUIRE(event);
    CHECK(*event->find("seq") == Value(++expected));
  }
}

TEST_CASE("ndjson: the schema in the repository is the one the table of types makes") {
  golden::check("docs/schema/events.schema.json", to_pretty_json(ui::event_schema(), JsonMode::plain));
}
