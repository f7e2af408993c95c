// Who is told what about a run, how often, and that nobody waits for it.
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

#include "engine/notice_queue.hpp"
#include "engine/rollback.hpp"
#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using Texts = std::vector<std::string>;

namespace {

struct Told : StackRig {
  Told() { add_single("web", "v1"); }

  config::NoticeUse& tell(const std::string& name, Texts about) {
    return pipeline.notify.emplace_back(config::NoticeUse{.action = "sim.notice",
                                                          .instance = "sim",
                                                          .inputs = Value::Map{{"name", name}},
                                                          .events = std::move(about)});
  }

  void refuse_step(const std::string& step) {
    world->add({.act = Act::fail_before,
                .step = step,
                .error = Error{.cause = Cause::command_failed, .message = "it does not start"}});
  }

  static Value words(const std::string& text) { return Value(Unknown{"event", "", text}); }
};

Status until_stopped(const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait(lock, stop, [] { return false; });
  return fail(Cause::cancelled, "given up");
}

const Texts everything = {"started", "approval", "succeeded", "failed", "rolled_back"};

} // namespace

TEST_CASE("notices: a run tells that it begins and how it ends, in order, each receiver what it asked for") {
  Told rig;
  rig.tell("ops", everything);
  rig.tell("boss", {"failed"});
  REQUIRE(rig.apply().exit_code == 0);
  CHECK(rig.world->messages() == Texts{"ops: started: shop/production: ann@laptop deploys p1",
                                       "ops: succeeded: shop/production: p1 is live in ops-thread"});
  CHECK(rig.events.messages("notice") == Texts{"sim.notice: told 'started'", "sim.notice: told 'succeeded'"});
}

TEST_CASE("notices: nothing to do and a plan tell nothing") {
  Told rig;
  REQUIRE(rig.apply().exit_code == 0);
  rig.tell("ops", everything);
  REQUIRE(rig.plan());
  CHECK(rig.apply().outcome == Outcome::nothing_to_do);
  CHECK(rig.world->messages().empty());
}

TEST_CASE("notices: a failure says why, and what became of what was done") {
  Told rig;
  rig.tell("ops", {"failed", "rolled_back"});
  SECTION("nothing was changed") {
    rig.refuse_step("web");
    REQUIRE(rig.apply().exit_code == 1);
    CHECK(rig.world->messages() == Texts{"ops: failed: shop/production: p1 failed: it does not start"});
  }
  SECTION("taken back") {
    rig.add_single("worker", "v1", {"web"});
    rig.refuse_step("worker");
    REQUIRE(rig.apply().exit_code == 8);
    CHECK(rig.world->messages() ==
          Texts{"ops: rolled_back: shop/production: p1 failed and was taken back: it does not start"});
  }
}

TEST_CASE("notices: who cannot be told fails nothing") {
  Told rig;
  rig.tell("ops", everything);
  rig.world->add({.act = Act::fail_before,
                  .step = "0 sim.notice",
                  .times = 0,
                  .error = Error{.cause = Cause::network, .message = "nobody listens"}});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 0);
  CHECK(rig.events.messages("notice") == Texts{"sim.notice: could not tell 'started': nobody listens",
                                               "sim.notice: could not tell 'succeeded': nobody listens"});
}

TEST_CASE("notices: a bug in who sends is no bug of the run") {
  Told rig;
  rig.tell("ops", everything);
  rig.world->add({.act = Act::bug, .step = "0 sim.notice"});
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.world->messages().size() == 1);
}

TEST_CASE("notices: who answers too late is given up, and what comes behind is not sent") {
  NoticeQueue queue({});
  queue.add({"started", until_stopped});
  queue.add({"succeeded", [](const std::stop_token&) -> Status { return {}; }});
  const auto outcomes = queue.finish(std::chrono::milliseconds(1));
  REQUIRE(outcomes.size() == 2);
  CHECK(outcomes[0].about == "started");
  CHECK_FALSE(outcomes[0].sent);
  CHECK(outcomes[1].sent.error().message == "there was no time left to send it");
}

TEST_CASE("notices: an abandoned run waits for nobody") {
  std::stop_source abandon;
  NoticeQueue queue(abandon.get_token());
  queue.add({"started", until_stopped});
  abandon.request_stop();
  CHECK(queue.finish(std::chrono::hours(1)).size() == 1);
}

TEST_CASE("notices: an event is told once, also when the run goes on in another process") {
  Told rig;
  rig.step("web").approval = config::ApprovalRule{};
  rig.tell("ops", everything);
  REQUIRE(rig.apply().outcome == Outcome::parked);
  REQUIRE(rig.world->messages().size() == 2);
  CHECK(rig.world->messages()[1].find("ops: approval: shop/production: p1 waits for a person: ") == 0);
  REQUIRE(rig.apply().outcome == Outcome::parked);
  CHECK(rig.world->messages().size() == 2);
  const auto process = rig.process();
  process->environment.approve_step = [](const plan::Plan&, const std::string&, const std::stop_token&) {
    return Approval{.granted = true, .by = "bob", .how = "prompt"};
  };
  REQUIRE(apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options).exit_code == 0);
  REQUIRE(rig.world->messages().size() == 3);
  CHECK(rig.world->messages()[2] == "ops: succeeded: shop/production: p1 is live in ops-thread");
}

TEST_CASE("notices: the pipeline's own words know the event, and secrets are masked in them") {
  Told rig;
  rig.change("p-hunter2-p");
  rig.tell("ops", {"succeeded"}).inputs["text"] =
      Told::words("${steps.event.version} is out, ${steps.event.changed} changed by ${steps.event.by}");
  const auto process = rig.process();
  process->redactions.add(Secret::reference("pw").resolved_with("p-hunter2-p"));
  REQUIRE(apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options).exit_code == 0);
  CHECK(rig.world->messages() == Texts{"ops: succeeded: [secret:pw] is out, 1 changed by ann@laptop"});
}

TEST_CASE("notices: a rollback says so") {
  Told rig;
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  REQUIRE(rig.apply().exit_code == 0);
  rig.tell("ops", {"started", "succeeded"});
  const auto process = rig.process();
  const auto back = rollback_plan(process->environment, rig.pipeline, rig.source, {});
  REQUIRE(back);
  REQUIRE(apply_rollback(process->environment, *back, rig.source, rig.options).exit_code == 0);
  CHECK(rig.world->messages() == Texts{"ops: started: shop/production: ann@laptop goes back to p1",
                                       "ops: succeeded: shop/production: p1 is live again in ops-thread"});
}
