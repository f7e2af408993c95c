// Rules for tasks, and for everything slow: outputs as described, and a stop that is obeyed.
#include <catch2/catch.hpp>

#include <thread>

#include "conformance/plan_text.hpp"
#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

TEST_CASE("conformance: a task's plan is pure and runs something") {
  for (const Subject& subject : subjects_of(Kind::task)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const Change change = *bench->plan(ask);
    CHECK(change.action == Action::run);
    CHECK(change.stages.size() == 1);
    CHECK(text_of(change) == text_of(*subject.bench()->plan(ask)));
    CHECK((change.undoable == Undoable::yes || !change.undoable_why.empty()));
  }
}

TEST_CASE("conformance: a task's outputs are among those described") {
  for (const Subject& subject : subjects_of(Kind::task)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Value outputs = *bench->deploy(bench->ask(subject.first(*bench)));
    REQUIRE(outputs.map());
    CHECK(outputs.map()->size() == bench->provider.description.outputs.size());
    for (const Output& output : bench->provider.description.outputs) CHECK(outputs.find(output.name));
  }
}

TEST_CASE("conformance: a stop ends whatever is slow, as cancelled") {
  for (const Subject& subject : subjects()) {
    if (!subject.slow) continue;
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.slow(*bench));
    const Change change = *bench->plan(ask);
    std::jthread stopper([&] { bench->stop.request_stop(); });
    const auto applied = bench->apply(ask, change); // would take ten minutes
    REQUIRE(!applied);
    CHECK(applied.error().cause == Cause::cancelled);
  }
}

TEST_CASE("conformance: a stop that came before makes no effect, or the whole one") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const Change change = *bench->plan(ask);
    bench->stop.request_stop();
    const auto applied = bench->apply(ask, change);
    bench->stop = std::stop_source();
    if (!applied) CHECK(applied.error().cause == Cause::cancelled);
    CHECK(bench->observe(ask)->exists == applied.has_value());
  }
}
