#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "engine/planner_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using plan::StepStatus;

namespace {

Value named(const std::string& name, const Value& value = {}) {
  Value inputs = Value::Map{{"name", name}};
  if (!value.is_null()) inputs["value"] = value;
  return inputs;
}

std::vector<std::string> paths(const plan::PlannedTarget& target) {
  std::vector<std::string> result;
  for (const FieldChange& field : target.change.fields) result.push_back(field.path);
  return result;
}

using Texts = std::vector<std::string>;

plan::Plan plan_of(PlannerRig& rig) {
  auto plan = rig.make();
  if (!plan) FAIL(plan.error().message);
  return *std::move(plan);
}

} // namespace

TEST_CASE("planner: what is not there is created, what was applied is unchanged") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web", "1.4"));
  const plan::Plan first = plan_of(rig);
  CHECK(planned(first, "web").status == StepStatus::change);
  CHECK(planned(first, "web").why == "does not exist yet");
  CHECK(plan::count(first.content).create == 1);
  rig.release(first);
  const plan::Plan second = plan_of(rig);
  CHECK_FALSE(second.has_changes());
  CHECK(planned(second, "web").outputs.map());
  CHECK(rig.world->effects().empty());
  CHECK(rig.events.types() == Texts{"plan_started", "plan_summary", "plan_started", "plan_summary"});
}

TEST_CASE("planner: two plans of one world have one digest, made at other times and by others") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web", "1.4"));
  const plan::Plan first = plan_of(rig);
  rig.machine.clock.advance(std::chrono::hours(1));
  rig.request.created_by = "bob@ci";
  rig.request.epoch = 9;
  const plan::Plan second = plan_of(rig);
  CHECK(first.envelope.digest == second.envelope.digest);
  CHECK(first.envelope.created_at != second.envelope.created_at);
  CHECK(second.envelope.expires_at == "2026-01-02T01:00:00.000Z");
  const auto read = plan::from_file(plan::to_file(second));
  REQUIRE(read);
  CHECK(plan::to_file(*read) == plan::to_file(second));
}

TEST_CASE("planner: hosts are planned one by one, in waves, unhealthy ones first") {
  PlannerRig rig;
  rig.add_on_hosts("web", named("web", "1"), {"app-1", "app-2", "app-3"});
  rig.release(plan_of(rig));
  auto thing = *rig.world->thing("sim.hosts/web@app-3");
  thing.managed["value"] = "by hand";
  thing.healthy = false;
  rig.world->put("sim.hosts/web@app-3", thing);
  rig.world->erase("sim.hosts/web@app-1");
  const plan::Plan plan = plan_of(rig);
  const plan::PlannedStep& web = planned(plan, "web");
  CHECK(web.targets.at(0).change.action == Action::create);
  CHECK(web.targets.at(1).change.action == Action::none);
  CHECK(web.targets.at(2).change.action == Action::update);
  CHECK(paths(web.targets.at(2)) == Texts{"value"});
  CHECK(web.waves == std::vector<std::vector<std::size_t>>{{2}, {0}});
}

TEST_CASE("planner: an input that is no longer written is reset to its default or to nothing") {
  PlannerRig rig;
  Value inputs = named("web", "1");
  inputs["size"] = "1GiB";
  inputs["settings"] = Value::Map{{"retries", 7}, {"window", "10s"}};
  rig.add("web", "sim.single", inputs);
  rig.release(plan_of(rig));
  rig.step("web").inputs = named("web", "1");
  rig.step("web").inputs["settings"] = Value::Map{};
  const plan::Plan plan = plan_of(rig);
  const plan::PlannedTarget& target = planned(plan, "web").targets.at(0);
  CHECK(paths(target) == Texts{"size", "settings.retries", "settings.window"});
  CHECK(target.change.fields.at(0).after.is_null());
  CHECK(target.change.fields.at(1).after == Value(3));
  CHECK(planned(plan, "web").inputs.find("size") == nullptr);
}

TEST_CASE("planner: what others wrote on the target and we never did is left alone") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web", "1"));
  rig.release(plan_of(rig));
  auto thing = *rig.world->thing("sim.single/web");
  thing.managed["size"] = "9GiB";
  rig.world->put("sim.single/web", thing);
  CHECK_FALSE(plan_of(rig).has_changes());
}

TEST_CASE("planner: fields that wait for a step are known after it, others are compared now") {
  PlannerRig rig;
  rig.add("image", "sim.artifact", named("app"));
  Value inputs = named("web", reference("image", "ref"));
  inputs["size"] = "1GiB";
  inputs["labels"] = Value::Map{{"tag", reference("image", "tag")}, {"tier", "front"}};
  rig.add("web", "sim.single", inputs, {"image"});
  rig.world->put("sim.single/web",
                 {.managed = Value::Map{{"name", "web"},
                                        {"value", "old"},
                                        {"size", "2GiB"},
                                        {"labels", Value::Map{{"tag", "t"}, {"tier", "front"}}}}});
  const plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "image").status == StepStatus::run);
  const plan::PlannedStep& web = planned(plan, "web");
  REQUIRE(web.status == StepStatus::change);
  CHECK(web.targets.at(0).change.action == Action::update);
  CHECK(paths(web.targets.at(0)) == Texts{"size", "labels.tag", "value"});
  CHECK(web.targets.at(0).change.fields.at(2).after == Value(reference("image", "ref")));
  CHECK(to_json(web.targets.at(0).change.fields.at(2).before) == "\"old\"");
  CHECK(web.unknown.size() == 2);
}

TEST_CASE("planner: outputs of what is done already are put in at plan time") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web", reference("image", "ref")), {"image"});
  rig.add("image", "sim.artifact", named("app"));
  plan::Plan plan = plan_of(rig);
  const Provider& artifact = *find_provider(rig.catalog, "sim.artifact");
  const Ask ask = ask_of(rig.request, planned(plan, "image"), {});
  const auto tag = std::get<std::shared_ptr<const Artifact>>(artifact.verbs)->identity(ask);
  rig.world->put("sim.artifact/" + tag, {.managed = Value::Map{{"ref", "app@sha256:1"}, {"tag", tag}}});
  plan = plan_of(rig);
  CHECK(planned(plan, "image").status == StepStatus::unchanged);
  CHECK(planned(plan, "web").unknown.empty());
  CHECK(*planned(plan, "web").inputs.find("value") == Value("app@sha256:1"));
}

TEST_CASE(
    "planner: a step whose identity is unknown is deferred, and may not be in a protected environment") {
  PlannerRig rig;
  rig.add("image", "sim.artifact", named("app"));
  Value inputs = Value::Map{{"name", reference("image", "tag")}};
  rig.add("web", "sim.single", inputs, {"image"});
  CHECK(planned(plan_of(rig), "web").status == StepStatus::deferred);
  rig.pipeline.is_protected = true;
  const auto refused = rig.make();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::policy);
  CHECK_THAT(refused.error().help, Catch::Contains("--build"));
}

TEST_CASE("planner: an unknown image in a protected environment is refused, any other unknown is not") {
  PlannerRig rig;
  rig.pipeline.is_protected = true;
  rig.add("seed", "sim.opaque", named("seed"));
  rig.add("web", "sim.single", named("web", reference("seed", "answer")), {"seed"});
  CHECK(rig.make());
  rig.add("image", "sim.artifact", named("app"));
  rig.add("api", "sim.single", named("api", reference("image", "ref")), {"image"});
  CHECK_FALSE(rig.make());
}

TEST_CASE("planner: data is read at plan time") {
  PlannerRig rig;
  rig.world->set_data("zone", "z1");
  rig.add("zone", "sim.data", named("zone"));
  rig.add("web", "sim.single", named("web", reference("zone", "value")), {"zone"});
  const plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "zone").status == StepStatus::unchanged);
  CHECK(*planned(plan, "web").inputs.find("value") == Value("z1"));
}

TEST_CASE(
    "planner: what is in the live release and not in the file is listed, or removed when that is asked for") {
  PlannerRig rig;
  rig.add("db", "sim.single", named("db"));
  rig.add("web", "sim.single", named("web"), {"db"});
  rig.add("docs", "sim.single", named("docs"));
  rig.release(plan_of(rig));
  rig.pipeline.steps.erase(rig.pipeline.steps.begin(), rig.pipeline.steps.begin() + 2);
  plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "db").status == StepStatus::gone);
  CHECK_FALSE(plan.has_changes());
  rig.request.removals = {rig.live.steps.at(0), rig.live.steps.at(1)};
  plan = plan_of(rig);
  CHECK(plan::count(plan.content).remove == 2);
  CHECK(plan.content.steps.size() == 3);
  CHECK(plan.content.steps.at(1).id == "web");
  CHECK(planned(plan, "db").needs == Texts{"web"});
  CHECK(planned(plan, "db").targets.at(0).change.action == Action::remove);
}

TEST_CASE("planner: prune removes whatever is left behind, also on hosts that a step has left") {
  PlannerRig rig;
  rig.add("db", "sim.single", named("db"));
  rig.add_on_hosts("web", named("web"), {"app-1", "app-2"});
  rig.release(plan_of(rig));
  rig.pipeline.steps.erase(rig.pipeline.steps.begin());
  rig.step("web").hosts.pop_back();
  CHECK(planned(plan_of(rig), "web~old").why == "no longer on app-2");
  rig.request.prune = true;
  const plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "db").targets.at(0).change.action == Action::remove);
  REQUIRE(planned(plan, "web~old").targets.size() == 1);
  CHECK(planned(plan, "web~old").targets.at(0).target.name == "app-2");
  CHECK(planned(plan, "web").status == StepStatus::unchanged);
}

TEST_CASE("planner: what was left on a host and recorded apart is pruned there only") {
  PlannerRig rig;
  rig.add_on_hosts("web", named("web"), {"app-1"});
  rig.release(plan_of(rig));
  state::ReleaseStep both = rig.live.steps.at(0);
  both.id = "web~old";
  both.hosts.push_back({.name = "app-2", .user = {}, .address = "app-2", .port = 0, .vars = {}});
  rig.live.steps.push_back(both);
  rig.world->put("sim.hosts/web@app-2", *rig.world->thing("sim.hosts/web@app-1"));
  rig.request.prune = true;
  const plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "web").status == StepStatus::unchanged);
  REQUIRE(planned(plan, "web~old").targets.size() == 1);
  CHECK(planned(plan, "web~old").targets.at(0).target.name == "app-2");
}

TEST_CASE("planner: one identity on other hosts or another instance is another thing") {
  PlannerRig rig;
  rig.add_on_hosts("web", named("web", "1"), {"app-1"}).inputs["size"] = "1GiB";
  rig.release(plan_of(rig));
  rig.add_on_hosts("more", named("web", "1"), {"app-2"});
  rig.step("web").inputs.get<Value::Map>()->erase("size");
  plan::Plan plan = plan_of(rig);
  CHECK(paths(planned(plan, "web").targets.at(0)) == Texts{"size"});
  CHECK(planned(plan, "more").targets.at(0).change.desired.find("size") == nullptr);
  rig.pipeline.steps.pop_back();
  rig.step("web").instance = "sim.other";
  CHECK(planned(plan_of(rig), "web~old").status == StepStatus::gone);
}

TEST_CASE("planner: a renamed step is the same thing, another identity leaves the old one behind") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web", "1"));
  rig.release(plan_of(rig));
  rig.step("web").id = "frontend";
  CHECK_FALSE(plan_of(rig).has_changes());
  CHECK(plan_of(rig).content.steps.size() == 1);
  rig.step("frontend").id = "web";
  rig.step("web").inputs["name"] = "site";
  const plan::Plan plan = plan_of(rig);
  CHECK(planned(plan, "web").targets.at(0).change.action == Action::create);
  CHECK(planned(plan, "web~old").status == StepStatus::gone);
}

TEST_CASE("planner: secrets are the same, rotated, new or removed by version") {
  PlannerRig rig;
  std::string version = "v1";
  rig.request.with_versions = [&](const Value& value, std::stop_token) -> Result<Value> {
    return map_secrets(value, [&](const Secret& secret) { return Value(secret.with_version(version)); });
  };
  const auto changes = [&] {
    Texts result;
    for (const plan::PlannedSecret& secret : plan_of(rig).content.secrets)
      result.push_back(secret.name + " " + secret.change);
    return result;
  };
  rig.pipeline.secrets = {{.name = "db", .reference = "env://DB", .span = {}}};
  Value inputs = named("web");
  inputs["secret"] = Secret::composed({{.literal = "db:", .name = {}}, {.literal = {}, .name = "db"}});
  rig.add("web", "sim.single", inputs);
  CHECK(changes() == Texts{"db new"});
  rig.release(plan_of(rig));
  CHECK(changes() == Texts{"db same"});
  CHECK_FALSE(plan_of(rig).has_changes());
  version = "v2";
  CHECK(changes() == Texts{"db rotated"});
  CHECK(paths(planned(plan_of(rig), "web").targets.at(0)) == Texts{"secret"});
  rig.pipeline.secrets.clear();
  rig.step("web").inputs.get<Value::Map>()->erase("secret");
  CHECK(changes() == Texts{"db removed"});
}

TEST_CASE("planner: a local file becomes digests, one that is not there is an error at its step") {
  PlannerRig rig;
  Value inputs = named("web");
  inputs["file"] = "app.conf";
  rig.add("web", "sim.single", inputs).span = {.source = 0, .begin = 5, .end = 8};
  const auto missing = rig.make();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().span->begin == 5);
  rig.files.shapes["app.conf"] =
      Value::Map{{"path", "app.conf"}, {"sha256", "aa"}, {"size", 3}, {"mode", 0644}};
  CHECK(*planned(plan_of(rig), "web").inputs.find_path("file.sha256") == Value("aa"));
}

TEST_CASE("planner: what cannot be observed is named with all its targets") {
  PlannerRig rig;
  rig.add_on_hosts("web", named("web"), {"app-1", "app-2", "app-3"});
  rig.world->add({.act = simulated::Act::unobservable, .step = "web", .target = "app-1", .times = 0});
  rig.world->add({.act = simulated::Act::unobservable, .step = "web", .target = "app-3", .times = 0});
  const auto plan = rig.make();
  REQUIRE_FALSE(plan);
  CHECK(plan.error().frames == Texts{"while observing 'web' on app-1"});
  REQUIRE(plan.error().evidence.size() == 1);
  CHECK_THAT(plan.error().evidence.at(0), Catch::StartsWith("also on app-3: "));
}

TEST_CASE("planner: an interrupt ends planning") {
  PlannerRig rig;
  rig.add("web", "sim.single", named("web"));
  std::stop_source source;
  source.request_stop();
  rig.request.stop = source.get_token();
  const auto plan = rig.make();
  REQUIRE_FALSE(plan);
  CHECK(plan.error().cause == Cause::cancelled);
}
