// Rules for artifacts, gates, data and notices.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

TEST_CASE("conformance: an artifact is found under its identity once it is made, with the same outputs") {
  for (const Subject& subject : subjects_of(Kind::artifact)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const auto& verbs = bench->verbs<Artifact>();
    CHECK(verbs.identity(ask) == verbs.identity(ask));
    CHECK(verbs.identity(ask) != verbs.identity(bench->ask(subject.second(*bench))));
    CHECK_FALSE(*bench->find(ask));
    CHECK(bench->confirm(ask, {}, "make").state == Confirmation::State::not_done);
    const Value made = *bench->make(ask);
    CHECK(bench->confirm(ask, {}, "make").state == Confirmation::State::done);
    const auto found = *bench->find(ask);
    REQUIRE(found);
    CHECK(to_json(*found) == to_json(made));
    for (const Output& output : bench->provider.description.outputs) CHECK(made.find(output.name));
  }
}

TEST_CASE("conformance: a gate's verdict is a pure function of its samples, and none is no pass") {
  for (const Subject& subject : subjects_of(Kind::gate)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const auto& verbs = bench->verbs<Gate>();
    CHECK(verbs.judge(ask, {}).state == Verdict::State::inconclusive);
    const std::vector<Sample> samples = {bench->sample(ask), bench->sample(ask)};
    const Verdict once = verbs.judge(ask, samples);
    const Verdict again = subject.bench()->verbs<Gate>().judge(ask, samples);
    CHECK(once.state == Verdict::State::pass);
    CHECK(once.state == again.state);
    CHECK(once.detail == again.detail);
    const Sample broken{
        .taken_at = "", .data = {}, .error = Error{.cause = Cause::network, .message = "lost"}};
    CHECK(verbs.judge(ask, std::span(&broken, 1)).state != Verdict::State::pass);
    const ReadyRule rule = verbs.rule(ask);
    CHECK(rule.within.count() > 0);
    CHECK(rule.interval.count() > 0);
    CHECK(rule.consecutive > 0);
  }
}

TEST_CASE("conformance: data gives the outputs it describes") {
  for (const Subject& subject : subjects_of(Kind::data)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Value value = *bench->read_data(bench->ask(subject.first(*bench)));
    for (const Output& output : bench->provider.description.outputs) CHECK(value.find(output.name));
  }
}

TEST_CASE("conformance: a notice can be sent about every type of event") {
  for (const Subject& subject : subjects_of(Kind::notice)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    for (const EventType& type : event_types)
      CHECK(bench->send(bench->ask(subject.first(*bench)), Event{.type = std::string(type.name)}));
  }
}
