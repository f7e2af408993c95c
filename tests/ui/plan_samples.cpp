#include "ui/plan_samples.hpp"

#include <deployctl/host_state.hpp>

namespace samples {
namespace {

using namespace deployctl;
using plan::PlannedStep;
using plan::PlannedTarget;
using plan::StepStatus;

PlannedTarget on_host(const std::string& name, Change change) {
  return {.target = {.name = name, .host = Host{.name = name, .address = name + ".example.com"}},
          .change = std::move(change)};
}

Change update(std::vector<FieldChange> fields) {
  return {.action = Action::update, .fields = std::move(fields), .stages = {Stage{.name = "act"}}};
}

PlannedStep step(std::string id, std::string action, StepStatus status, std::vector<PlannedTarget> targets) {
  PlannedStep planned{
      .id = std::move(id), .action = std::move(action), .status = status, .targets = std::move(targets)};
  for (std::size_t i = 0; i < planned.targets.size(); ++i)
    if (planned.targets[i].change.action != Action::none) planned.waves.push_back({i});
  return planned;
}

PlannedStep unchanged(std::string id) {
  return step(std::move(id), "file.put", StepStatus::unchanged, {on_host("app-1", Change{})});
}

plan::Plan plan_of(std::vector<PlannedStep> steps) {
  plan::Plan plan;
  plan.envelope = {.created_at = "2026-03-14T09:26:53.589Z",
                   .created_by = "ann@laptop",
                   .expires_at = "",
                   .digest = "ab12"};
  plan.content = {.tool = "0.1.0",
                  .operation = "apply",
                  .project = "hello",
                  .environment = "production",
                  .version = "1.4.0",
                  .commit = "3f2a91c07be1d7c4d0a9f6a3b1c2d3e4f5a6b7c8",
                  .steps = std::move(steps)};
  return plan;
}

PlannedStep rolling_update() {
  const Change change = update({{.path = "files.bin/app", .before = "sha256:11", .after = "sha256:22"},
                                {.path = "keep", .before = 3, .after = 5}});
  PlannedStep web = step("web", "host.release", StepStatus::change,
                         {on_host("app-1", change), on_host("app-2", change), on_host("app-3", change)});
  web.why = "inputs changed: source, keep";
  return web;
}

// Ten hosts: most alike, one behind and one sick, one as wanted, one unreachable, one without room.
PlannedStep fleet() {
  const Change change = update({{.path = "files.bin/app", .before = "sha256:11", .after = "sha256:22"}});
  std::vector<PlannedTarget> targets;
  HostState state{.now = "1.3.0-170f1c104ad1",
                  .since = "2026-03-11T05:20:00.000Z",
                  .changed_by = "run 01JD3Z6M9Q4V0T5W8X2Y7R1KBN",
                  .observed_at = "2026-03-14T09:26:50.000Z"};
  const auto add = [&](const std::string& name, const HostState& stands, const Change& what) {
    targets.push_back(on_host(name, what));
    targets.back().facts = Value::Map{};
    add_state(targets.back().facts, stands);
  };
  for (const char* name : {"web-01", "web-02", "web-03", "web-04"}) add(name, state, change);
  HostState other = state;
  other.now = "1.2.0-88ab31f0c2d4";
  other.since = "2026-03-03T01:00:00.000Z";
  add("web-05", other, change);
  other.now = "1.4.0-b3d1acf70911";
  other.since = "2026-03-14T09:06:00.000Z";
  add("web-06", other, {});
  other = state;
  other.condition = "unit is failed";
  add("web-07", other, change);
  other = {.now = state.now, .since = state.since, .is_memory = true};
  add("web-08", other, {});
  targets.back().unreachable = "connection timed out after 10 s";
  other = state;
  other.blocked = {"the release needs 1.4 GiB, 1.1 GiB are free on /srv"};
  add("web-09", other, change);
  add("web-10", {.observed_at = state.observed_at}, update({}));
  targets.back().change.action = Action::create;
  PlannedStep web = step("web", "host.release", StepStatus::change, std::move(targets));
  web.why = "differs: files.bin/app";
  web.waves = {{6}, {0, 1}, {2, 3}, {4, 9}};
  return web;
}

PlannedStep hostile() {
  PlannedStep planned =
      step("motd", "file.put", StepStatus::change,
           {on_host("app-1", update({{.path = "content", .before = "\033[2Jgone\r\n", .after = "hello"}}))});
  planned.targets[0].change.summary = "line one\nline two";
  return planned;
}

PlannedStep replacement() {
  Change change = update(
      {{.path = "engine", .before = "postgres 15", .after = "postgres 16", .forces_replacement = true}});
  change.action = Action::replace;
  change.undoable = Undoable::partly;
  change.undoable_why = "data written since is lost";
  change.downtime = "the database is away for about a minute";
  return step("database", "sim.single", StepStatus::change, {{.target = {}, .change = std::move(change)}});
}

PlannedStep secrets_and_unknowns() {
  PlannedStep planned =
      step("api", "host.release", StepStatus::change,
           {on_host("app-1",
                    update({{.path = "env.KEY",
                             .before = Secret::reference("key", "1"),
                             .after = Secret::reference("key", "2")},
                            {.path = "env.NEW", .before = nullptr, .after = Secret::reference("token", "1")},
                            {.path = "image",
                             .before = "sha256:11",
                             .after = Unknown{"image", "ref", "${steps.image.ref}"}}}))});
  planned.unknown = {Unknown{"image", "ref", "${steps.image.ref}"}};
  return planned;
}

PlanSample many_fields() {
  std::vector<FieldChange> fields;
  for (int i = 10; i < 40; ++i)
    fields.push_back({.path = "files.static/part-" + std::to_string(i), .before = "old", .after = "new"});
  return {"many_fields",
          plan_of({step("web", "host.release", StepStatus::change, {on_host("app-1", update(fields))})})};
}

PlanSample everything() {
  PlannedStep migrate = step("migrate", "exec.run", StepStatus::run, {});
  migrate.irreversible = "schema migrations are forward only";
  migrate.why = "needs image, which changes";
  PlannedStep config = step("config", "file.put", StepStatus::change, {});
  config.targets = {
      on_host("app-1", {.action = Action::create,
                        .fields = {{.path = "path", .before = nullptr, .after = "/etc/app.conf"}}})};
  PlannedStep later = step("dns", "sim.single", StepStatus::deferred, {});
  PlannedStep gone = step("old", "host.release", StepStatus::gone, {});
  PlanSample sample{"everything", plan_of({migrate, config, rolling_update(), replacement(), later,
                                           unchanged("motd"), gone})};
  sample.plan.content.secrets = {
      {.name = "key", .reference = "env://KEY", .version = "2", .change = "rotated"}};
  sample.plan.content.commits = {
      {.sha = "3f2a91c07be1d7c4", .author = "Ann", .title = "Greet people in the morning"}};
  sample.plan.content.commits_total = 3;
  sample.plan.content.is_protected = true;
  sample.plan.content.dirty = true;
  return sample;
}

// What tests/ui/streams/failed_rollout.ndjson is a run of: twelve hosts in four waves.
PlanSample rollout() {
  const Change change = update({{.path = "files.bin/api", .before = "sha256:11", .after = "sha256:22"}});
  std::vector<PlannedTarget> hosts;
  for (int i = 1; i <= 12; ++i) hosts.push_back(on_host("app-" + std::to_string(i), change));
  PlannedStep api = step("api", "host.release", StepStatus::change, std::move(hosts));
  api.waves = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9, 10, 11}};
  api.why = "differs: files.bin/api";
  PlannedStep test = step("test", "exec.run", StepStatus::run, {});
  test.why = "the sources changed";
  PlannedStep warm = step("warm-cache", "exec.run", StepStatus::run, {});
  warm.why = "needs api, which changes";
  PlannedStep motd = step("motd", "file.put", StepStatus::change,
                          {on_host("app-1", update({{.path = "content", .before = "v1", .after = "v2"}}))});
  PlanSample sample{"rollout", plan_of({test, api, warm, motd, unchanged("users"), unchanged("firewall")})};
  sample.plan.content.project = "kodex";
  return sample;
}

} // namespace

std::vector<PlanSample> plans() {
  PlannedStep different = rolling_update();
  different.targets[1].change.fields.pop_back();
  different.targets[2].change = Change{};
  return {{"no_changes", plan_of({unchanged("web"), unchanged("motd")})},
          {"first_release", plan_of({rolling_update()}), ""},
          {"fleet", plan_of({fleet()}), "1.3.0"},
          {"rolling_update", plan_of({rolling_update(), unchanged("motd")})},
          {"different_hosts", plan_of({different})},
          {"hostile_values", plan_of({hostile()})},
          {"replacement", plan_of({replacement()})},
          {"secrets_and_unknowns", plan_of({secrets_and_unknowns()})},
          many_fields(),
          everything(),
          rollout()};
}

} // namespace samples
