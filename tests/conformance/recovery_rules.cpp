// A process may die anywhere between an intent and its outcome. Whatever confirm says then, going on by it
// ends where an undisturbed run ends, and an effect happens twice only where the crash class says that it
// may.
#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "conformance/subjects.hpp"

using namespace deployctl;
using namespace deployctl::conformance;

namespace {

enum class Death { none, before_effect, after_effect };

// Runs the change; at stage `at` the process dies, and a recovery asks and goes on.
void run_with_death(tests::Workbench& bench, const Ask& ask, const Change& change, std::size_t at,
                    Death death) {
  for (std::size_t i = 0; i < change.stages.size(); ++i) {
    const Stage& stage = change.stages[i];
    const bool dies = i == at && death != Death::none;
    if (!dies || death == Death::after_effect) REQUIRE(bench.apply_stage(ask, change, stage));
    if (!dies) continue;
    const Confirmation confirmed = bench.confirm(ask, change, stage.name);
    INFO("died " << (death == Death::before_effect ? "before " : "after ") << stage.name << ": "
                 << confirmed.detail);
    REQUIRE(confirmed.state != Confirmation::State::unknown);
    const bool live = stage.kind == StageKind::act || stage.kind == StageKind::shift;
    if (death == Death::before_effect && live) CHECK(confirmed.state == Confirmation::State::not_done);
    if (death == Death::after_effect && live) CHECK(confirmed.state == Confirmation::State::done);
    if (confirmed.state == Confirmation::State::not_done) REQUIRE(bench.apply_stage(ask, change, stage));
  }
}

std::string end_of(const Subject& subject, std::size_t at, Death death) {
  const auto bench = subject.bench();
  REQUIRE(bench->deploy(bench->ask(subject.first(*bench))));
  bench->recorder.undos.clear();
  bench->run = "run-2";
  const Ask ask = bench->ask(subject.second(*bench));
  const Change change = *bench->plan(ask);
  if (at >= change.stages.size()) return {};
  run_with_death(*bench, ask, change, at, death);
  CHECK(bench->plan(ask)->action == Action::none);
  std::string end = to_json(bench->observe(ask)->managed);
  // What was recorded before the death still leads back.
  REQUIRE(bench->revert(ask));
  end += to_json(bench->observe(ask)->managed);
  for (std::size_t slash = end.find(bench->path()); slash != std::string::npos;
       slash = end.find(bench->path()))
    end.replace(slash, bench->path().size(), "BENCH");
  return end;
}

} // namespace

TEST_CASE("conformance: a death around any stage ends like an undisturbed run, and still goes back") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const std::string undisturbed = end_of(subject, 0, Death::none);
    std::string end = undisturbed;
    for (std::size_t at = 0; !end.empty(); ++at)
      for (const Death death : {Death::before_effect, Death::after_effect})
        if (!end.empty() && !(end = end_of(subject, at, death)).empty()) CHECK(end == undisturbed);
  }
}

TEST_CASE("conformance: a stage applied twice with one intent leaves what one application leaves") {
  for (const Subject& subject : subjects_of(Kind::resource)) {
    INFO(subject.action);
    const auto bench = subject.bench();
    const Ask ask = bench->ask(subject.first(*bench));
    const Change change = *bench->plan(ask);
    for (const Stage& stage : change.stages) {
      REQUIRE(bench->apply_stage(ask, change, stage));
      const std::string once = to_json(bench->observe(ask)->managed);
      REQUIRE(bench->apply_stage(ask, change, stage));
      CHECK(to_json(bench->observe(ask)->managed) == once);
    }
    REQUIRE(bench->revert(ask));
    CHECK_FALSE(bench->observe(ask)->exists);
  }
}

TEST_CASE("conformance: what a task's confirm may say follows from its crash class") {
  for (const Subject& subject : subjects_of(Kind::task)) {
    for (const auto& inputs : {subject.first, subject.second}) {
      INFO(subject.action);
      const auto bench = subject.bench();
      const Ask ask = bench->ask(inputs(*bench));
      const Change change = *bench->plan(ask);
      const auto state = bench->confirm(ask, change, change.stages.front().name).state;
      const CrashClass crash_class = bench->provider.description.crash_class(*ask.inputs);
      if (crash_class == CrashClass::opaque) CHECK(state == Confirmation::State::unknown);
      if (crash_class != CrashClass::opaque) CHECK(state == Confirmation::State::not_done);
    }
  }
}
