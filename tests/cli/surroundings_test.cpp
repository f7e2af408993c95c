#include <catch2/catch.hpp>

#include <csignal>

#include "cli/facts.hpp"
#include "cli/interrupts.hpp"
#include "cli/release_diff.hpp"

using namespace deployctl;
using namespace deployctl::cli;

TEST_CASE("facts: branch and tag by the CI's variables") {
  CHECK(ci_refs({{"GITHUB_REF_TYPE", "branch"}, {"GITHUB_REF_NAME", "main"}}).branch == "main");
  CHECK(ci_refs({{"GITHUB_REF_TYPE", "tag"}, {"GITHUB_REF_NAME", "v1.0.0"}}).tag == "v1.0.0");
  CHECK(ci_refs({{"GITHUB_REF_TYPE", "tag"}, {"GITHUB_REF_NAME", "v1.0.0"}}).branch.empty());
  CHECK(ci_refs(
            {{"GITHUB_HEAD_REF", "feature"}, {"GITHUB_REF_TYPE", "branch"}, {"GITHUB_REF_NAME", "12/merge"}})
            .branch == "feature");
  CHECK(ci_refs({{"CI_COMMIT_BRANCH", "main"}}).branch == "main");
  CHECK(ci_refs({{"CI_COMMIT_TAG", "v2"}}).tag == "v2");
  CHECK(ci_refs({}).branch.empty());
}

TEST_CASE("interrupts: the first Ctrl-C winds down, the second abandons, and each is said once") {
  std::vector<std::string> said;
  Interruption interruption(std::nullopt, [&](const std::string& message) { said.push_back(message); });
  const engine::Interrupts interrupts = interruption.interrupts();
  CHECK_FALSE(interrupts.wind_down.stop_requested());
  interruption.on_signal(SIGINT);
  CHECK(interrupts.wind_down.stop_requested());
  CHECK_FALSE(interrupts.abandon.stop_requested());
  CHECK(interrupts.signal() == SIGINT);
  interruption.on_signal(SIGINT);
  CHECK(interrupts.abandon.stop_requested());
  interruption.on_signal(SIGINT);
  CHECK(said.size() == 2);
}

TEST_CASE("interrupts: a terminal that closes counts as SIGTERM") {
  Interruption interruption(std::nullopt, [](const std::string&) {});
  interruption.on_signal(SIGHUP);
  CHECK(interruption.interrupts().signal() == SIGTERM);
}

namespace {

state::Release release_of(std::vector<state::ReleaseStep> steps) {
  state::Release release;
  release.steps = std::move(steps);
  return release;
}

} // namespace

TEST_CASE("release diff: changed inputs by path, inputs that were taken away, steps that came and went") {
  const state::Release older =
      release_of({{.id = "web", .action = "sim.web", .inputs = Value::Map{{"keep", 3}, {"path", "/srv"}}},
                  {.id = "old", .action = "sim.web", .inputs = Value::Map{}}});
  const state::Release newer =
      release_of({{.id = "web", .action = "sim.web", .inputs = Value::Map{{"keep", 5}}},
                  {.id = "new", .action = "sim.web", .inputs = Value::Map{{"path", "/a"}}}});
  const std::vector<StepDiff> diffs = diff_releases({}, older, newer);
  REQUIRE(diffs.size() == 3);
  CHECK(diffs[0].id == "web");
  REQUIRE(diffs[0].fields.size() == 2);
  CHECK(diffs[0].fields[0].path == "keep");
  CHECK(diffs[0].fields[0].after == Value(5));
  CHECK(diffs[0].fields[1].path == "path");
  CHECK(diffs[0].fields[1].after.is_null());
  CHECK(diffs[1].kind == StepDiff::Kind::added);
  CHECK(diffs[2].kind == StepDiff::Kind::removed);
  CHECK(diff_releases({}, older, older).empty());
}
