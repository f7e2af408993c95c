// The page about a run: what it shows, and that nothing from outside becomes markup.
#include <catch2/catch.hpp>

#include "golden.hpp"
#include "ui/report/page.hpp"
#include "ui/run_story.hpp"

using namespace deployctl;
using namespace deployctl::ui;
using Catch::Matchers::Contains;

namespace {

WallTime at(int seconds) {
  return *parse_time("2026-03-14T09:26:00Z") + std::chrono::seconds(seconds);
}

plan::Plan sample_plan() {
  plan::Plan plan;
  plan.content.project = "kodex";
  plan.content.environment = "production";
  plan.content.commit = "3f2a91c07be1d7c43f2a91c07be1d7c43f2a91c0";
  plan.content.commits = {{.sha = "3f2a91c07be1d7c4", .author = "Ann", .title = "Answer in <b>bold</b>"}};
  plan.content.commits_total = 3;
  plan.content.secrets = {{.name = "key", .reference = "env://OPENAI_API_KEY", .change = "rotated"}};
  plan::PlannedStep api{.id = "api", .action = "host.release", .status = plan::StepStatus::change};
  api.targets = {{.target = {.name = "app-1"},
                  .change = {.action = Action::update,
                             .fields = {{.path = "env.KEY",
                                         .before = Value("old & tired"),
                                         .after = Value(Secret::reference("key"))}}}}};
  plan.content.steps = {api};
  return plan;
}

RunStory sample_story() {
  RunStory story{.run = "01JQ3YV2M8T4X6K9R5C7B1N0PZ",
                 .operation = "apply",
                 .by = "ann@laptop",
                 .tool = "0.1.0",
                 .plan_digest = "0f3c",
                 .began = at(0),
                 .ended = at(90),
                 .is_over = true,
                 .ending = {.outcome = "rolled_back", .exit_code = 8, .subject = "kodex/production"},
                 .plan = sample_plan()};
  story.ending.elapsed = std::chrono::seconds(90);
  story.ending.world = {{"reverted", "api", "app-1", ""}};
  story.ending.error = Error{.cause = Cause::probe_failing,
                             .message = "status 503, wanted 200",
                             .evidence = {"<script>alert(1)</script>", "\033[2Jgone"}};
  story.stages = {{.step = "api",
                   .target = "app-1",
                   .stage = "switch",
                   .began = at(2),
                   .ended = at(61),
                   .result = "failed",
                   .tone = Tone::bad},
                  {.step = "api",
                   .target = "app-1",
                   .stage = "switch",
                   .back = true,
                   .began = at(62),
                   .ended = at(90),
                   .result = "done",
                   .tone = Tone::good},
                  {.step = "api",
                   .target = "app-2",
                   .stage = "switch",
                   .began = at(70),
                   .result = "open",
                   .tone = Tone::warning}};
  story.gates = {{.step = "api",
                  .gate = "healthy",
                  .place = "behind wave 1 of 2",
                  .verdict = "fail",
                  .detail = "3 of 5",
                  .evidence = {"503"}}};
  story.approvals = {{.by = "ops <ops@example.com>", .how = "signed", .digest = "0f3c", .at = at(1)}};
  story.lines = {{.at = at(2), .step = "api", .target = "app-1", .text = "switch: begins"},
                 {.at = at(61),
                  .tone = Tone::bad,
                  .step = "api",
                  .target = "app-1",
                  .text = "switch: failed",
                  .evidence = {"\"quoted\" 'and' <tagged>"}}};
  return story;
}

} // namespace

TEST_CASE("report: a page that needs nothing else") {
  golden::check("tests/ui/goldens/report.html", report::page(sample_story()));
}

TEST_CASE("report: what came from outside stays text") {
  const std::string page = report::page(sample_story());
  CHECK_THAT(page,
             !Contains("<script") && !Contains("\033") && !Contains("<b>bold") && !Contains("<tagged>"));
  CHECK_THAT(page, Contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK_THAT(page, Contains("ops &lt;ops@example.com&gt;"));
  CHECK_THAT(page, Contains("old &amp; tired") && Contains("(secret)"));
  CHECK_THAT(page, !Contains("http://") && !Contains("https://")); // loads nothing
}

TEST_CASE("report: a run that has not ended, without a plan and without times, still has a page") {
  RunStory story = sample_story();
  story.is_over = false;
  story.plan.reset();
  story.ended.reset();
  story.missing = {"the plan cannot be read: it is not stored"};
  for (StoryStage& stage : story.stages) stage.began.reset();
  const std::string page = report::page(story);
  CHECK_THAT(page, Contains("not ended") && Contains("the plan cannot be read") && !Contains("<h2>Timeline"));
}

TEST_CASE("logs: each line with its time, one step alone, and evidence below") {
  const RunStory story = sample_story();
  CHECK(story_text(story, "api", {}) == "2026-03-14T09:26:02.000Z  api@app-1: switch: begins\n"
                                        "2026-03-14T09:27:01.000Z  api@app-1: switch: failed\n"
                                        "    \"quoted\" 'and' <tagged>\n");
  CHECK(story_text(story, "other", {}).empty());
  CHECK(story_document(story, "").find("lines")->list()->size() == 2);
}
