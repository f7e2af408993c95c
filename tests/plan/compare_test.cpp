#include "plan/compare.hpp"

#include <catch2/catch.hpp>

#include "plan/sample_plan.hpp"

using namespace deployctl;
using namespace deployctl::plan;

namespace {

PlannedStep approved_step() {
  return sample_plan().content.steps.at(0);
}

std::vector<std::string> differences(const PlannedStep& approved, const PlannedStep& now) {
  std::vector<std::string> result;
  for (const Difference& difference : outside_approval(approved, now)) result.push_back(to_text(difference));
  return result;
}

using Texts = std::vector<std::string>;

} // namespace

TEST_CASE("approval: the same, or less, is inside") {
  const PlannedStep approved = approved_step();
  PlannedStep now = approved;
  CHECK(differences(approved, now).empty());
  now.inputs["image"] = "app@sha256:1";
  now.targets.at(0).change.action = Action::none;
  CHECK(differences(approved, now).empty());
}

TEST_CASE("approval: another or a stronger action is outside, a replace may become an update") {
  PlannedStep approved = approved_step();
  PlannedStep now = approved;
  now.targets.at(1).change.action = Action::replace;
  CHECK(differences(approved, now) == Texts{"action on app-2 is replace, approved was update"});
  CHECK(differences(now, approved).empty());
  now.targets.at(1).change.action = Action::create;
  CHECK(differences(approved, now).size() == 1);
}

TEST_CASE("approval: inputs other than the unknown ones must be the same") {
  const PlannedStep approved = approved_step();
  PlannedStep now = approved;
  now.inputs["path"] = "/srv/other";
  now.inputs["extra"] = 1;
  CHECK(differences(approved, now) == Texts{"inputs.extra is 1, approved was nothing",
                                            "inputs.path is \"/srv/other\", approved was \"/srv/app\""});
}

TEST_CASE("approval: a changed field must have been approved with that value or been unknown") {
  PlannedStep approved = approved_step();
  PlannedStep now = approved;
  now.targets.at(0).change.fields.at(0).after = "trace";
  approved.inputs["path"] = now.inputs["path"] = "/srv/app";
  now.targets.at(0).change.fields.push_back({.path = "path.mode", .before = "a", .after = "b"});
  CHECK(differences(approved, now) == Texts{"fields.env.LEVEL on app-1 is \"trace\", approved was \"debug\"",
                                            "fields.path.mode on app-1 is \"b\", approved was nothing"});
  approved.targets.at(0).change.fields = {{.path = "env", .after = Unknown{}},
                                          {.path = "path", .after = Unknown{}}};
  CHECK(differences(approved, now).empty());
}

TEST_CASE("approval: what an unknown input leads to may show under another name, once nothing is unknown it "
          "may not") {
  PlannedStep approved = approved_step();
  PlannedStep now = approved;
  now.targets.at(0).change.fields.push_back({.path = "files.bin/app", .before = "a", .after = "b"});
  CHECK(differences(approved, now).empty());
  approved.unknown.clear();
  approved.inputs["image"] = now.inputs["image"] = "app:1";
  CHECK(differences(approved, now).size() == 1);
}

TEST_CASE("approval: new targets, downtime and less undo are outside") {
  const PlannedStep approved = approved_step();
  PlannedStep now = approved;
  now.targets.push_back(changed_target("app-3"));
  now.targets.at(0).change.downtime = "an hour";
  now.targets.at(1).change.undoable = Undoable::no;
  CHECK(differences(approved, now) == Texts{"downtime on app-1 is an hour, approved was some seconds",
                                            "undoable on app-2 is no, approved was partly",
                                            "target on app-3 is \"update\", approved was nothing"});
}

TEST_CASE("approval: a deferred step may create or update, not replace or remove") {
  PlannedStep approved = approved_step();
  approved.status = StepStatus::deferred;
  approved.targets.clear();
  PlannedStep now = approved_step();
  CHECK(differences(approved, now).empty());
  now.targets.at(0).change.action = Action::remove;
  CHECK(differences(approved, now) == Texts{"action on app-1 is remove, approved was nothing"});
}
