// Rules for every resource: plans are pure, what was applied needs nothing more, what is reverted is as it
// was.
#include <catch2/catch.hpp>

#include <utility>

#include "base/json.hpp"
#include "conformance/plan_text.hpp"
#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

TEST_CASE("conformance: a resource's plan is a pure function of inputs and observation") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    REQUIRE(bench->deploy(bench->ask(subject.first(*bench))));
    const Ask ask = bench->ask(subject.second(*bench));
    const Observation seen = *bench->observe(ask);
    const auto& verbs = bench->verbs<Resource>();
    const std::string once = text_of(*verbs.plan(ask, seen, bench->strategy));
    CHECK(text_of(*verbs.plan(ask, seen, bench->strategy)) == once);
    CHECK(text_of(*bench->plan(ask)) == once); // nothing in it is a time or random
    // A fresh object knows nothing of the first one's calls.
    const auto other = subject.bench();
    CHECK(text_of(*other->verbs<Resource>().plan(ask, seen, bench->strategy)) == once);
  }
}

TEST_CASE("conformance: after an apply a resource's plan is empty") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    for (const auto& inputs : {subject.first, subject.second}) {
      const Ask ask = bench->ask(inputs(*bench));
      const Change change = *bench->plan(ask);
      CHECK(change.action != Action::none);
      CHECK_FALSE(change.stages.empty());
      CHECK_FALSE(change.fields.empty());
      REQUIRE(bench->apply(ask, change));
      const Change rest = *bench->plan(ask);
      CHECK(rest.action == Action::none);
      CHECK(rest.stages.empty());
      CHECK(bench->observe(ask)->exists);
    }
  }
}

TEST_CASE("conformance: a revert restores the observation, of a change and of a creation") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask first = bench->ask(subject.first(*bench));
    REQUIRE(bench->deploy(first));
    const Observation before = *bench->observe(first);
    const std::vector<Value> creation = std::exchange(bench->recorder.undos, {});
    REQUIRE_FALSE(creation.empty());

    bench->run = "run-2";
    const Ask second = bench->ask(subject.second(*bench));
    REQUIRE(bench->deploy(second));
    CHECK(bench->observe(first)->managed != before.managed);
    REQUIRE(bench->revert(second));
    CHECK(to_json(bench->observe(first)->managed) == to_json(before.managed));

    bench->recorder.undos = creation;
    bench->run = "run-3";
    REQUIRE(bench->revert(first));
    CHECK_FALSE(bench->observe(first)->exists);
  }
}

TEST_CASE("conformance: what should not be there is removed, and its removal can be taken back") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    REQUIRE(bench->deploy(ask));
    const Observation before = *bench->observe(ask);
    bench->recorder.undos.clear();
    bench->run = "run-2";
    const Ask removal = bench->removal(*ask.inputs->map());
    const Change change = *bench->plan(removal);
    CHECK(change.action == Action::remove);
    REQUIRE(bench->apply(removal, change));
    CHECK_FALSE(bench->observe(removal)->exists);
    CHECK(bench->plan(removal)->action == Action::none);
    REQUIRE(bench->revert(removal));
    CHECK(to_json(bench->observe(ask)->managed) == to_json(before.managed));
  }
}

TEST_CASE("conformance: outputs after an apply and of what is already there are those described") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const Value made = *bench->deploy(ask);
    const Value known = bench->verbs<Resource>().outputs(ask, *bench->observe(ask));
    for (const Value* outputs : {&made, &known}) {
      REQUIRE(outputs->map());
      CHECK(outputs->map()->size() == bench->provider.description.outputs.size());
      for (const Output& output : bench->provider.description.outputs) CHECK(outputs->find(output.name));
    }
  }
}
