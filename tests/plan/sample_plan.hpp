// A plan that uses every member, for tests of the codec and of what is shown.
#pragma once

#include "plan/plan.hpp"

namespace deployctl::plan {

inline Stage switch_stage() {
  return {.name = "switch",
          .kind = StageKind::act,
          .weight = 0,
          .gate_after = true,
          .on_cancel = OnCancel::leave,
          .timeout = Milliseconds(90'000),
          .ready = ReadyRule{.within = Milliseconds(5'000), .interval = Milliseconds(100), .consecutive = 2}};
}

inline PlannedTarget changed_target(const std::string& name) {
  PlannedTarget target;
  target.target = {.name = name,
                   .host = Host{.name = name, .user = "deploy", .address = name, .port = 22, .vars = {}}};
  target.change = {.action = Action::update,
                   .summary = "releases/a -> b",
                   .fields = {{.path = "env.LEVEL", .before = "info", .after = "debug"}},
                   .stages = {switch_stage()},
                   .undoable = Undoable::partly,
                   .undoable_why = "the old log is gone",
                   .downtime = "some seconds",
                   .desired = Value::Map{{"$literal", 1}, {"password", Secret::reference("db", "v1")}},
                   .basis = Value::List{Value(), true, 2.5}};
  target.fingerprint = "f1";
  target.facts = Value::Map{{"disk_free", "3GiB"}};
  return target;
}

inline Plan sample_plan() {
  const Unknown image{.step = "image", .output = "ref", .expression = "${steps.image.ref}"};
  PlannedStep web{.id = "web",
                  .action = "host.release",
                  .kind = Kind::resource,
                  .instance = "host",
                  .status = StepStatus::change,
                  .why = "files changed",
                  .needs = {"image"},
                  .inputs = Value::Map{{"image", image}, {"path", "/srv/app"}},
                  .outputs = {},
                  .targets = {changed_target("app-1"), changed_target("app-2")},
                  .waves = {{1}, {0}},
                  .unknown = {image},
                  .crash_class = CrashClass::marked,
                  .task_fingerprint = "",
                  .irreversible = "",
                  .older_code_works = true};
  Plan plan;
  plan.envelope = {.created_at = "2026-03-14T09:26:53.589Z",
                   .created_by = "ann@laptop",
                   .expires_at = "2026-03-15T09:26:53.589Z",
                   .digest = {},
                   .checksum = {}};
  plan.content.tool = "0.1.0";
  plan.content.operation = "apply";
  plan.content.project = "shop";
  plan.content.environment = "production";
  plan.content.base_release = "01HZX";
  plan.content.epoch = 7;
  plan.content.crossings = {{.step = "migrate", .why = "columns are dropped"}};
  plan.content.promoted_from = "staging";
  plan.content.promoted_release = "01HZY";
  plan.content.built = {"image"};
  plan.content.no_from = "";
  plan.content.steps = {web};
  plan.content.secrets = {{.name = "db", .reference = "env://DB", .version = "v1", .change = "rotated"}};
  plan.content.commits = {{.sha = "abc", .author = "Ann", .title = "Say it"}};
  plan.content.commits_total = 1;
  plan.envelope.digest = content_digest(plan.content);
  return plan;
}

} // namespace deployctl::plan
