#include "plan/risk.hpp"

#include <catch2/catch.hpp>

#include "plan/sample_plan.hpp"

using namespace deployctl;
using namespace deployctl::plan;

namespace {

PlannedStep step(const std::string& id, Action action) {
  PlannedTarget target;
  target.change.action = action;
  return {.id = id, .status = StepStatus::change, .targets = {target}};
}

} // namespace

TEST_CASE("risk: what cannot be taken back comes first, with its targets gathered") {
  Content content = sample_plan().content;
  content.steps.push_back(step("cache", Action::remove));
  content.secrets.push_back({.name = "key", .reference = "env://KEY", .version = "v2", .change = "kept"});
  content.steps.push_back({.id = "migrate", .status = StepStatus::run, .irreversible = "forward only"});
  const std::vector<Risk> found = risks(content);
  std::vector<std::string> shown;
  for (const Risk& risk : found) shown.push_back(std::string(to_text(risk.kind)) + " " + risk.subject);
  CHECK(shown == std::vector<std::string>{"irreversible migrate", "crossed migrate", "remove cache",
                                          "partly undoable web", "downtime web", "secret rotated db",
                                          "secret kept key"});
  CHECK(found.at(3).targets == std::vector<std::string>{"app-1", "app-2"});
  CHECK(found.at(3).why == "the old log is gone");
}

TEST_CASE("risk: a replacement names the field that forces it") {
  Content content;
  content.steps = {step("db", Action::replace)};
  content.steps.at(0).targets.at(0).change.fields = {
      {.path = "size", .before = 1, .after = 2},
      {.path = "engine", .before = "a", .after = "b", .forces_replacement = true}};
  CHECK(risks(content).at(0).why == "field 'engine' cannot change in place");
}

TEST_CASE("risk: an irreversible step that does nothing is no risk") {
  Content content;
  content.steps = {{.id = "migrate", .status = StepStatus::unchanged, .irreversible = "forward only"}};
  CHECK(risks(content).empty());
}

TEST_CASE("risk: steps are shown gravest first, then in the order of the plan") {
  Content content;
  content.steps = {{.id = "same", .status = StepStatus::unchanged},
                   step("one", Action::update),
                   {.id = "task", .status = StepStatus::run},
                   step("two", Action::create),
                   step("gone", Action::remove)};
  CHECK(display_order(content) == std::vector<std::size_t>{4, 1, 3, 2, 0});
}
