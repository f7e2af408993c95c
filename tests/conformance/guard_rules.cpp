// A read session sends no write, and neither does it try to; a planted violation shows that trying is
// refused.
#include <catch2/catch.hpp>

#include <algorithm>

#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

namespace {

bool reads_only(const tests::Workbench& bench) {
  return std::ranges::all_of(bench.attempted, [&](const std::string& name) {
    return std::ranges::any_of(bench.provider.description.operations, [&](const Operation& operation) {
      return operation.name == name && operation.effect != Effect::write;
    });
  });
}

// Writes while it observes.
class Careless final : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    const std::string file = *asks.front().inputs->find("file")->text();
    const auto result = session.ports.hosts.run(
        tests::local_host(), {.operation = "touch", .script = "touch \"$1\"", .arguments = {file}},
        session.stop);
    if (!result) return {fail(result.error())};
    return {Observation{}};
  }
  Result<Change> plan(const Ask&, const Observation&, const Strategy&) const override { return Change{}; }
  Result<Value> apply(WriteSession&, const Change&, const Stage&, const Intent&) const override {
    return Value();
  }
  Confirmation confirm(ReadSession&, const Intent&) const override { return {}; }
  Result<Change> revert(const Undo&, const Observation&) const override { return Change{}; }
  Value outputs(const Ask&, const Observation&) const override { return {}; }
};

} // namespace

TEST_CASE("conformance: observe, plan, confirm and diagnose of a resource ask for reads only") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    for (const auto& inputs : {subject.first, subject.second}) {
      const Ask ask = bench->ask(inputs(*bench));
      const Change change = *bench->plan(ask);
      for (const Stage& stage : change.stages) {
        bench->confirm(ask, change, stage.name);
        bench->ready(change, stage);
        const Error error{.cause = Cause::command_failed, .message = "it failed"};
        bench->diagnose({.intent = bench->intent(ask, change, stage.name), .error = error});
        REQUIRE(bench->apply_stage(ask, change, stage));
      }
    }
    CHECK(reads_only(*bench));
  }
}

TEST_CASE("conformance: confirm and diagnose of a task, samples of a gate and finds of an artifact ask for "
          "reads only") {
  for (const Subject& subject : subjects()) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const Kind kind = bench->provider.description.kind;
    if (kind == Kind::task) bench->confirm(ask, *bench->plan(ask), "run");
    if (kind == Kind::gate) bench->sample(ask);
    if (kind == Kind::artifact) CHECK(bench->find(ask));
    if (kind == Kind::data) CHECK(bench->read_data(ask));
    CHECK(reads_only(*bench));
  }
}

TEST_CASE("conformance: a write in a read session is refused and does not happen") {
  Provider careless;
  careless.description = {.name = "test.careless",
                          .operations = {{.name = "touch",
                                          .effect = Effect::write,
                                          .protocol = Protocol::host,
                                          .script = "touch \"$1\""}},
                          .crash_class = [](const Value&) { return CrashClass::declarative; }};
  careless.verbs = std::make_shared<const Careless>();
  tests::Workbench bench(careless);
  const auto seen = bench.observe(bench.ask({{"file", bench.path("touched")}}));
  REQUIRE(!seen);
  CHECK(seen.error().cause == Cause::internal);
  CHECK(bench.read("touched") == "(none)");
  CHECK_FALSE(reads_only(bench));
}
