#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "golden.hpp"
#include "ui/plan_samples.hpp"
#include "ui/plan_view.hpp"

using namespace deployctl;

namespace {

ui::PlanSubject subject_of(const samples::PlanSample& sample) {
  return {.plan = sample.plan,
          .live_version = sample.live_version,
          .live_since = sample.live_version.empty() ? "" : "2026-03-01T00:00:00.000Z"};
}

} // namespace

TEST_CASE("plan view: servers and versions, risks, changed fields, waves, commits, totals") {
  for (const samples::PlanSample& sample : samples::plans()) {
    std::string text;
    for (const int width : {60, 80, 120})
      text +=
          "--- " + std::to_string(width) + " columns\n" + ui::plan_text(subject_of(sample), {.width = width});
    golden::check("tests/ui/goldens/plan_" + sample.name + ".txt", text);
  }
}

TEST_CASE("plan view: no control character of the world reaches a terminal") {
  for (const samples::PlanSample& sample : samples::plans()) {
    const std::string text = ui::plan_text(subject_of(sample), {}, ui::every_detail);
    CHECK(text.find('\033') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
  }
}

TEST_CASE("plan view: every state has a word or sign, so that colour adds nothing but colour") {
  for (const samples::PlanSample& sample : samples::plans()) {
    std::string coloured = ui::plan_text(subject_of(sample), {.colour = true});
    for (std::size_t at = 0; (at = coloured.find('\033')) != std::string::npos;)
      coloured.erase(at, coloured.find('m', at) - at + 1);
    CHECK(coloured == ui::plan_text(subject_of(sample), {.colour = false}));
  }
}

TEST_CASE("plan view: totals name what is not zero beyond the four that are always there") {
  CHECK(ui::plan_totals({.create = 1, .update = 2, .unchanged = 9}) ==
        "Plan: 2 to update, 1 to create, 0 to remove, 9 unchanged.");
  CHECK(ui::plan_totals(
            {.create = 0, .update = 0, .replace = 1, .remove = 2, .run = 3, .unchanged = 0, .deferred = 4}) ==
        "Plan: 0 to update, 0 to create, 1 to replace, 2 to remove, 3 to run, 4 deferred, 0 unchanged.");
}

TEST_CASE("plan view: the document holds envelope, content, counts, and no leaf of our own") {
  for (const samples::PlanSample& sample : samples::plans()) {
    const Value document = ui::plan_document(sample.plan);
    CHECK(document.find_path("envelope.digest") != nullptr);
    CHECK(document.find_path("content.steps") != nullptr);
    CHECK(*document.find("changes") == Value(sample.plan.has_changes()));
    CHECK_NOTHROW(to_json(document, JsonMode::plain));
  }
}
