#include <catch2/catch.hpp>

#include <algorithm>
#include <thread>

#include "engine/dying_journal.hpp"
#include "engine/recovery.hpp"
#include "engine/run_record_codec.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using State = Confirmation::State;
using Texts = std::vector<std::string>;

namespace {

// Hosts, a step of every crash class that needs nobody, an output that flows, and a gate.
void fill(StackRig& rig, const std::string& value) {
  rig.pipeline.steps.clear();
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}, {"sources", value}});
  config::Step& keyed = rig.add_single("keyed", value, {"image"});
  keyed.inputs["crash"] = "keyed";
  rig.add("marked", "sim.subprocess", Value::Map{{"name", "marked"}, {"value", value}}, {"image"});
  config::Step& task =
      rig.add("task", "sim.opaque", Value::Map{{"name", "task"}, {"command", value}, {"crash", "marked"}},
              {"keyed", "marked"});
  task.kind = Kind::task;
  config::Step& web = rig.add_hosts("web", value, 2, {"task"});
  web.gates.push_back({.name = "p95",
                       .action = "sim.gate",
                       .instance = "sim",
                       .inputs = Value::Map{{"name", "p95"}, {"max", 500}}});
  rig.world->set_samples("p95", {Value(1)});
}

void check_live(StackRig& rig, const std::string& value) {
  CHECK(rig.value_of("sim.single/keyed") == value);
  CHECK(rig.value_of("sim.subprocess/marked") == value);
  CHECK(rig.value_of("sim.hosts/web@app-1") == value);
  CHECK(rig.value_of("sim.hosts/web@app-2") == value);
  CHECK(rig.cell().pending_run.empty());
  CHECK_FALSE(rig.cell().holder);
}

// What was done twice for one intent although its class forbids it.
Texts doubled(const simulated::World& world) {
  Texts out;
  const auto keys = world.keys_done_twice();
  for (const auto& done : world.effects())
    if (keys.count(done.key) != 0 && (done.step == "keyed" || done.step == "marked" || done.step == "task"))
      out.push_back(done.step);
  return out;
}

} // namespace

TEST_CASE("recovery: a record of an earlier build has nothing of what came later") {
  Value old = plan::encode(StepDoneRecord{.step = "web", .result = "changed"});
  for (const std::string later : {"behind", "masked"}) old.get<Value::Map>()->erase(later);
  Value end = plan::encode(RunEnd{"succeeded", 0, "r1"});
  for (const std::string later : {"record", "ended_at", "summary"}) end.get<Value::Map>()->erase(later);
  const auto history =
      read_history({.records = {{state::RecordType::step_done, old}, {state::RecordType::run_end, end}}});
  REQUIRE(history);
  REQUIRE(history->done.count("web") == 1);
  CHECK(history->done.at("web").behind.empty());
  REQUIRE(history->end);
  CHECK(history->end->release == "r1");

  old.get<Value::Map>()->erase("result"); // of the first build on
  CHECK_FALSE(read_history({.records = {{state::RecordType::step_done, old}}}));
}

TEST_CASE("recovery: what a crash class makes of what could be confirmed") {
  for (const auto crash_class : {CrashClass::observe, CrashClass::declarative, CrashClass::keyed,
                                 CrashClass::marked, CrashClass::opaque}) {
    CHECK(resolve_missing(crash_class, State::done) == Resolution::adopt);
    CHECK(resolve_missing(crash_class, State::not_done) == Resolution::redo);
  }
  for (const auto unsure : {State::unknown, State::in_progress}) {
    CHECK(resolve_missing(CrashClass::observe, unsure) == Resolution::redo);
    CHECK(resolve_missing(CrashClass::declarative, unsure) == Resolution::redo);
    CHECK(resolve_missing(CrashClass::keyed, unsure) == Resolution::redo);
    CHECK(resolve_missing(CrashClass::opaque, unsure) == Resolution::decide);
  }
  CHECK(resolve_missing(CrashClass::marked, State::in_progress) == Resolution::redo);
  CHECK(resolve_missing(CrashClass::marked, State::unknown) == Resolution::decide);
}

TEST_CASE("recovery: killed at every record of an update, the next apply completes it") {
  for (const Death death : {Death::before, Death::behind}) {
    int killed = 0;
    for (int append = 1; append < 200; ++append) {
      StackRig rig;
      fill(rig, "v1");
      REQUIRE(rig.apply().exit_code == 0);
      rig.change("p2");
      fill(rig, "v2");
      INFO("killed at append " << append << (death == Death::before ? ", before it" : ", behind it"));
      if (apply_until(rig, append, death)) break;
      ++killed;
      const Ending ending = rig.apply();
      INFO((ending.error ? ending.error->message : ""));
      REQUIRE(ending.exit_code == 0);
      check_live(rig, "v2");
      CHECK(doubled(*rig.world).empty());
      const auto plan = rig.plan();
      REQUIRE(plan);
      CHECK_FALSE(plan->has_changes());
      REQUIRE(rig.live());
      CHECK(rig.live()->number == 2);
      CHECK(rig.live()->steps.size() == 5);
    }
    CHECK(killed > 20);
  }
}

TEST_CASE("recovery: killed at every record while taking back, the next apply completes that") {
  int killed = 0;
  for (int append = 1; append < 200; ++append) {
    StackRig rig;
    fill(rig, "v1");
    rig.step("task").undo = Value::Map{{"name", "task"}, {"command", "undo"}};
    REQUIRE(rig.apply().exit_code == 0);
    rig.change("p2");
    fill(rig, "v2");
    rig.step("task").undo = Value::Map{{"name", "task"}, {"command", "undo"}, {"crash", "declarative"}};
    rig.world->add(
        {.act = Act::never_ready, .step = "web", .target = "app-2", .stage = "switch", .times = 0});
    INFO("killed at append " << append);
    const auto first = apply_until(rig, append, Death::behind);
    if (first) {
      CHECK(first->exit_code == 8);
      break;
    }
    ++killed;
    const Ending ending = rig.apply();
    INFO((ending.error ? ending.error->message : ""));
    for (const std::string& line : lines(ending)) UNSCOPED_INFO(line);
    REQUIRE(ending.exit_code == 8);
    check_live(rig, "v1");
    CHECK(rig.live()->number == 1);
  }
  CHECK(killed > 25);
}

namespace {

// A task that nothing can be asked about, with an undo of the same kind; what needs it fails.
struct Undone : StackRig {
  Undone() {
    config::Step& task = add("task", "sim.opaque", Value::Map{{"name", "task"}, {"command", "upgrade"}});
    task.kind = Kind::task;
    task.undo = Value::Map{{"name", "task"}, {"command", "undo"}};
    add_single("web", "v1", {"task"});
    world->add({.act = Act::fail_before, .step = "web", .times = 0});
  }

  std::ptrdiff_t runs() const {
    const auto all = world->effects();
    return std::count_if(all.begin(), all.end(), [](const auto& each) { return each.step == "task"; });
  }

  // Dies while it is not known whether the undo ran; false: not at this append.
  bool dies_in_undo(int append, Death death) {
    if (apply_until(*this, append, death)) return false;
    const Ending ending = apply();
    return ending.exit_code == 11 && ending.choices.at(0).stage == "taking back: run";
  }
};

} // namespace

TEST_CASE("recovery: an undo that nothing can be asked about runs once, or a person says that it may again") {
  const Death death = GENERATE(Death::before, Death::behind);
  int asked = 0;
  for (int append = 1; append < 40; ++append) {
    Undone rig;
    INFO("killed at append " << append << (death == Death::before ? ", before it" : ", behind it"));
    if (!rig.dies_in_undo(append, death)) {
      CHECK(rig.world->keys_done_twice().empty());
      continue;
    }
    ++asked;
    const auto before = rig.runs();
    const auto process = rig.process();
    const Ending ending =
        resume_run(process->environment, rig.pipeline, rig.source, rig.cell().pending_run,
                   {{"task", "", before == 2 ? Answer::done : Answer::not_done}}, rig.options);
    CHECK(ending.exit_code == 8);
    CHECK(rig.runs() == 2);
    CHECK(rig.cell().pending_run.empty());
  }
  CHECK(asked == 1);
}

TEST_CASE("recovery: an abort does not run an undo again that was cut off, and lists it") {
  for (int append = 1; append < 40; ++append) {
    Undone rig;
    if (!rig.dies_in_undo(append, Death::behind)) continue;
    const auto process = rig.process();
    const auto ending = abort_pending(process->environment, rig.pipeline, rig.source, false, {});
    REQUIRE(ending);
    CHECK(ending->exit_code == 9);
    const auto same = [](const WorldLine& line) { return line.step == "task"; };
    const auto line = std::find_if(ending->world.begin(), ending->world.end(), same);
    REQUIRE(line != ending->world.end());
    CHECK(line->kind == WorldLine::Kind::remaining);
    CHECK(line->detail.find("its undo was cut off") == 0);
    CHECK(rig.runs() == 1);
    return;
  }
  FAIL("the undo was never cut off");
}

TEST_CASE("recovery: an opaque stage that was cut off needs a person: 11 with the choices") {
  StackRig rig;
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "upgrade"}});
  rig.add_single("web", "v1", {"migrate"});
  int undecided = 0;
  for (int append = 1; append < 12; ++append) {
    StackRig fresh;
    fresh.pipeline = rig.pipeline;
    if (apply_until(fresh, append, Death::behind)) break;
    const auto before = fresh.world->effects().size();
    const Ending ending = fresh.apply();
    if (ending.exit_code == 0) continue;
    ++undecided;
    CHECK(ending.exit_code == 11);
    CHECK(ending.outcome == Outcome::undecided);
    REQUIRE(ending.choices.size() == 1);
    CHECK(ending.choices[0].step == "migrate");
    CHECK(ending.choices[0].answers == Texts{"done", "not-done", "rerun"});
    CHECK(lines(ending) == Texts{"unknown migrate"});
    CHECK(fresh.world->effects().size() == before); // nothing was tried
    CHECK_FALSE(fresh.cell().pending_run.empty());
    CHECK(fresh.apply().exit_code == 11); // and asking again says the same
  }
  CHECK(undecided > 0);
}

TEST_CASE("recovery: a half done run of another pipeline is named with 11, an idle one is replaced") {
  // The first record is the run, the second an intent, the third undo data: from then on an effect may be
  // there.
  for (int append = 1; append <= 6; ++append) {
    StackRig rig;
    rig.add_single("db", "v1");
    rig.add_single("web", "v1", {"db"});
    REQUIRE_FALSE(apply_until(rig, append, Death::behind));
    rig.change("p2");
    rig.set_value("web", "v2");
    const Ending ending = rig.apply();
    INFO("append " << append << ", " << (ending.error ? ending.error->message : ""));
    if (append > 2) {
      REQUIRE(ending.exit_code == 11);
      CHECK_FALSE(ending.world.empty());
      CHECK(ending.next_command == "deployctl abort " + ending.run);
      const auto process = rig.process();
      const auto aborted = abort_pending(process->environment, rig.pipeline, rig.source, false);
      REQUIRE(aborted);
      CHECK(aborted->exit_code == (append == 3 ? 0 : 8)); // 3: it died before the effect
      CHECK(aborted->outcome == Outcome::aborted);
      CHECK(rig.world->things().empty());
      CHECK(rig.apply().exit_code == 0);
    }
    CHECK(rig.cell().pending_run.empty());
    CHECK(rig.value_of("sim.single/web") == "v2");
  }
}

TEST_CASE(
    "recovery: an apply that goes on with an abort and finds nothing has failed, not been interrupted") {
  StackRig rig;
  rig.add_single("web", "v1");
  REQUIRE_FALSE(apply_until(rig, 3, Death::behind)); // before the effect
  {
    std::atomic<int> left = 1;
    const auto process = rig.process();
    process->environment.open_journal = wrapped_journals(
        [&left](auto file) { return std::make_unique<DyingFile>(std::move(file), left, Death::behind); });
    CHECK_THROWS_AS(abort_pending(process->environment, rig.pipeline, rig.source, false), Died);
  }
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 1);
  CHECK(ending.outcome == Outcome::failed);
  CHECK(ending.world.empty());
  CHECK(rig.apply().exit_code == 0);
}

TEST_CASE("recovery: an opaque stage that failed in an interrupted run is not begun again without a person's "
          "word") {
  StackRig rig;
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "upgrade"}}).kind = Kind::task;
  std::stop_source wind_down;
  rig.world->on_effect("migrate", "", [&] { wind_down.request_stop(); });
  rig.world->add({.act = Act::fail_after, .step = "migrate"});
  {
    const auto process = rig.process();
    process->environment.interrupts.wind_down = wind_down.get_token();
    CHECK(apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options).outcome ==
          Outcome::interrupted);
  }
  REQUIRE(rig.world->effects().size() == 1);
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 11);
  CHECK(rig.world->effects().size() == 1);
  const auto process = rig.process();
  CHECK(resume_run(process->environment, rig.pipeline, rig.source, ending.run,
                   {{"migrate", "", Answer::done}}, rig.options)
            .exit_code == 0);
  CHECK(rig.world->effects().size() == 1);
}

TEST_CASE("recovery: an interrupted run goes on with the next apply") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  rig.world->add({.act = Act::hold, .step = "db"});
  const auto process = rig.process();
  std::stop_source wind_down;
  process->environment.interrupts.wind_down = wind_down.get_token();
  process->environment.interrupts.signal = [] { return 2; };
  Ending ending;
  {
    std::jthread run(
        [&] { ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {}); });
    REQUIRE(rig.world->wait_until_held());
    wind_down.request_stop();
    rig.world->release();
  }
  CHECK(ending.exit_code == 130);
  CHECK(ending.outcome == Outcome::interrupted);
  CHECK(lines(ending) == Texts{"changed db"});
  CHECK(ending.next_command == "deployctl resume " + ending.run);
  CHECK_FALSE(rig.cell().pending_run.empty());
  rig.change("p2"); // another pipeline has to wait for a decision about this run
  CHECK(rig.apply().exit_code == 5);
  rig.change("p1");
  const Ending next = rig.apply();
  INFO((next.error ? next.error->message : ""));
  CHECK(next.exit_code == 0);
  CHECK(next.run == ending.run);
  CHECK(rig.world->log() == Texts{"db apply create", "web apply create"});
  CHECK(rig.live()->steps.size() == 2);
}

TEST_CASE("recovery: abandoning returns with the outcome unknown, and the next apply finds out") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.world->add({.act = Act::hold_after, .step = "db"});
  const auto process = rig.process();
  std::stop_source abandon;
  process->environment.interrupts.abandon = abandon.get_token();
  Ending ending;
  {
    std::jthread run(
        [&] { ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {}); });
    REQUIRE(rig.world->wait_until_held());
    abandon.request_stop();
  }
  CHECK(ending.exit_code == 130);
  CHECK(lines(ending) == Texts{"unknown db"});
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.value_of("sim.single/db") == "v1");
}

TEST_CASE("recovery: a journal that cannot be written stops the run, and the next apply completes it") {
  for (int append = 1; append < 40; ++append) {
    StackRig rig;
    fill(rig, "v1");
    REQUIRE(rig.apply().exit_code == 0);
    rig.change("p2");
    fill(rig, "v2");
    const Ending full = apply_on_full_disk(rig, append);
    INFO("refused from append " << append << ", exit " << full.exit_code);
    if (full.exit_code == 0) break;
    CHECK((full.exit_code == 1 || full.exit_code == 9));
    REQUIRE(full.error);
    CHECK(full.error->message.find("no space left") != std::string::npos);
    const Ending ending = rig.apply();
    INFO((ending.error ? ending.error->message : ""));
    REQUIRE(ending.exit_code == 0);
    check_live(rig, "v2");
    CHECK(doubled(*rig.world).empty());
  }
}
