#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "golden.hpp"
#include "ui/github/github_renderer.hpp"
#include "ui/github/workflow_command.hpp"
#include "ui/stream_player.hpp"

using namespace deployctl;
using namespace deployctl::ui;
using namespace deployctl::ui::github;

namespace {

constexpr const char* failed_rollout = "tests/ui/streams/failed_rollout.ndjson";

struct Job {
  std::string log;
  std::string page;
  std::string outputs;
};

Job job_of(const std::vector<Event>& events) {
  Job job;
  StringWriter log;
  StreamClock clock;
  Annotations annotations;
  int tokens = 0;
  GithubRenderer renderer(log, annotations, clock,
                          {.token = [&] { return "token" + std::to_string(++tokens); },
                           .summary = [&](const std::string& page) { job.page = page; },
                           .outputs = [&](const std::string& lines) { job.outputs = lines; }});
  renderer.know_steps(
      {{"api", {.file = "deploy.yaml", .line = 12, .column = 3, .end_line = 12, .end_column = 6}}});
  renderer.plan("  ~ api (host.release): update\n");
  play(events, clock, renderer);
  job.log = log.text();
  return job;
}

// What the runner would do: which commands of a log it takes, as it reads line by line.
std::vector<std::string> commands_taken(std::string_view log) {
  std::vector<std::string> taken;
  std::string stopped; // the token that ends the fence
  for (const std::string_view line : split(log, '\n')) {
    const std::string_view text = trim(line);
    if (!stopped.empty()) {
      if (text == "::" + stopped + "::") stopped.clear();
      continue;
    }
    if (line.find("##[") != std::string_view::npos) taken.emplace_back(line);
    if (!text.starts_with("::")) continue;
    taken.emplace_back(text);
    constexpr std::string_view stop = "::stop-commands::";
    if (text.starts_with(stop)) stopped = std::string(text.substr(stop.size()));
  }
  return taken;
}

} // namespace

TEST_CASE("github: a failed run as a job's log, its page and its outputs") {
  const Job job = job_of(recorded_stream(failed_rollout));
  golden::check("tests/ui/goldens/rollout_github.txt", job.log);
  golden::check("tests/ui/goldens/rollout_github_page.md", job.page);
  golden::check("tests/ui/goldens/rollout_github_outputs.txt", job.outputs);
}

TEST_CASE("github: what a host prints is never a command, and every group is closed") {
  const Job job = job_of(recorded_stream(failed_rollout));
  int open = 0;
  for (const std::string& command : commands_taken(job.log)) {
    CHECK(command.find("had") == std::string::npos);
    CHECK(command.find("again") == std::string::npos);
    if (command.starts_with("::group::")) ++open;
    if (command.starts_with("::endgroup::")) --open;
    CHECK(open >= 0);
    CHECK(open <= 1); // groups do not nest
  }
  CHECK(open == 0);
  CHECK_THAT(job.log, Catch::Contains("you have been had")); // shown, not dropped
}

TEST_CASE("github: a group is closed in the write that opens it, so no ending leaves one open") {
  class Writes final : public Writer {
  public:
    void write(std::string_view text) override {
      const bool opens = text.find("::group::") != std::string_view::npos;
      CHECK(opens == (text.find("::endgroup::") != std::string_view::npos));
    }
  } writes;
  StreamClock clock;
  Annotations annotations;
  GithubRenderer renderer(writes, annotations, clock, {.token = [] { return std::string("t"); }});
  play(recorded_stream(failed_rollout), clock, renderer);
}

TEST_CASE("github: messages that quote a host are no commands either") {
  for (const std::string message : {"::error::x", "  ::error::x", "\xc2\xa0::error::x",
                                    "\xe2\x80\x83::set-output name=a::b", "a ##[error]x"}) {
    INFO(message);
    CHECK(commands_taken(inert(message + "\n" + message)).empty());
    const Job job = job_of({{.type = "notice", .message = message, .time = "2026-03-14T09:26:53.589Z"}});
    for (const std::string& command : commands_taken(job.log)) CHECK(command.empty());
  }
  CHECK(inert("plain text: a::b\n") == "plain text: a::b\n");
  CHECK(inert("") == "");
  CHECK(inert_json(R"({"message":"##[error]x"})") == R"({"message":"##\u005berror]x"})");
}

TEST_CASE("github: commands are escaped as the runner unescapes them") {
  CHECK(command("error", "100 %\nof a:b,c", {{"file", "a,b:c%.yaml"}, {"line", "3"}, {"col", ""}}) ==
        "::error file=a%2Cb%3Ac%25.yaml,line=3::100 %25%0Aof a:b,c\n");
  CHECK(command("endgroup", "") == "::endgroup::\n");
}

TEST_CASE("github: errors before warnings, ten of a kind, columns only within one line") {
  Value::List diagnostics;
  for (int line = 1; line <= 12; ++line) {
    diagnostics.push_back(
        Value::Map{{"severity", "warning"}, {"message", "w"}, {"file", "f"}, {"line", line}});
    diagnostics.push_back(Value::Map{{"severity", "error"},
                                     {"code", "D0103"},
                                     {"message", "unknown field"},
                                     {"help", "a field with a similar name exists: 'command'"},
                                     {"file", "deploy.yaml"},
                                     {"line", line},
                                     {"column", 5},
                                     {"end_line", line == 1 ? 2 : line},
                                     {"end_column", 9}});
  }
  Annotations annotations;
  std::vector<std::string> lines;
  for (const Annotation& each : annotations_of(diagnostics))
    if (std::string line = annotations.add(each); !line.empty()) lines.push_back(line);
  REQUIRE(lines.size() == 20);
  CHECK(lines[0] ==
        "::error file=deploy.yaml,line=1,endLine=2,title=D0103::unknown field%0Ahelp: a field with a "
        "similar name exists: 'command'\n");
  CHECK_THAT(lines[1],
             Catch::StartsWith("::error file=deploy.yaml,line=2,endLine=2,col=5,endColumn=9,title="));
  CHECK_THAT(lines[10], Catch::StartsWith("::warning file=f,line=1"));
}

TEST_CASE("github: a page that the runner would refuse is cut, and says so") {
  std::vector<Event> events = {{.type = "run_started", .time = "2026-03-14T09:26:53.589Z"}};
  for (int i = 0; i < 10'000; ++i)
    events.push_back({.type = "step_finished",
                      .level = Level::error,
                      .message = std::string(250, 'x'),
                      .step = "step-" + std::to_string(i),
                      .fields = Value::Map{{"result", "failed"}},
                      .time = "2026-03-14T09:26:53.589Z"});
  events.push_back(
      {.type = "summary", .fields = Value::Map{{"outcome", "failed"}}, .time = "2026-03-14T09:26:53.589Z"});
  const Job job = job_of(events);
  CHECK(job.page.size() < (1U << 20));
  CHECK(job.page.ends_with("the log has it.\n"));
}

TEST_CASE("github: text of a host cannot end the page's table, its code block, or an output") {
  JobSummary page;
  page.plan("a\n```\n<script>\n````\n");
  page.apply({.type = "step_finished",
              .message = "a | b <img src=x> @everyone\nnew line",
              .step = "web",
              .fields = Value::Map{{"result", "failed"}}},
             {});
  page.apply({.type = "summary",
              .fields = Value::Map{{"outcome", "failed"}, {"release", "r\nd\nchanged<<x\ntrue\nx"}}},
             {});
  const std::string text = page.markdown();
  CHECK_THAT(text, Catch::Contains("a \\| b \\<img src=x\\> \\@everyone new line"));
  CHECK_THAT(text, Catch::Contains("`````text\na\n```\n<script>\n````\n`````\n"));
  CHECK_THAT(page.outputs("d"), Catch::StartsWith("release<<d\nr d changed<<x true x\nd\n"));
}
