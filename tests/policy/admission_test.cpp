#include <catch2/catch.hpp>

#include "policy/admission.hpp"

using namespace deployctl;
using namespace deployctl::policy;
using Catch::Matchers::Contains;

namespace {

SourceFacts on_main() {
  return {.commit = std::string(40, 'a'), .branch = "main"};
}

std::string refusal(const config::Allow& allow, const SourceFacts& source) {
  const Status status = admitted(allow, source, "production");
  if (status) return {};
  CHECK(status.error().cause == Cause::policy);
  return status.error().message;
}

} // namespace

TEST_CASE("allow: branches and tags are alternatives, one match is enough") {
  const config::Allow allow{.branches = {"main", "release/*"}, .tags = {"v*"}};
  CHECK(refusal(allow, on_main()).empty());
  auto source = on_main();
  source.branch = "release/1.4";
  CHECK(refusal(allow, source).empty());
  source.branch = "feature";
  CHECK(refusal(allow, source) ==
        "'production' may be deployed to from branches main, release/* or tags v*, this is branch 'feature' "
        "without a tag");
  source.tags = {"nightly", "v1.4.0"};
  CHECK(refusal(allow, source).empty());
}

TEST_CASE("allow: a detached HEAD is no branch, whatever the glob") {
  auto source = on_main();
  source.branch.clear();
  CHECK_THAT(refusal({.branches = {"*"}}, source), Contains("a detached HEAD"));
}

TEST_CASE("allow: clean must hold besides the names") {
  auto source = on_main();
  source.dirty = true;
  CHECK_THAT(refusal({.branches = {"main"}, .clean = true}, source), Contains("clean work tree"));
  CHECK(refusal({.branches = {"main"}, .clean = false}, source).empty());
  source.dirty = false;
  CHECK(refusal({.clean = true}, source).empty());
}

TEST_CASE("allow: outside a repository nothing of it can hold") {
  CHECK_THAT(refusal({.branches = {"main"}}, {.branch = "main"}), Contains("from a git repository only"));
  CHECK_THAT(refusal({.clean = true}, {}), Contains("from a git repository only"));
  CHECK(refusal({}, {}).empty());
}
