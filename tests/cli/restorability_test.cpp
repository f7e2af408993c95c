#include "cli/restorability.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::cli;

namespace {

CheckedRelease lacking(std::vector<Cause> causes) {
  CheckedRelease checked;
  for (const Cause cause : causes)
    checked.restorable.missing.push_back({.cause = cause, .message = std::string(to_text(cause))});
  return checked;
}

} // namespace

TEST_CASE("history --check: 4 only when rights are all that is missing") {
  CHECK(exit_code_of(std::vector<CheckedRelease>{}) == ExitCode::done);
  CHECK(exit_code_of({lacking({}), lacking({})}) == ExitCode::done);
  CHECK(exit_code_of({lacking({Cause::auth}), lacking({Cause::permission})}) == ExitCode::denied);
  CHECK(exit_code_of({lacking({Cause::auth, Cause::not_found}), lacking({})}) == ExitCode::failed);
  CHECK(exit_code_of({lacking({Cause::auth}), lacking({Cause::image_missing})}) == ExitCode::failed);
}

TEST_CASE("history --check: the verdict names the first reason and counts the others") {
  CHECK(verdict_of(lacking({}).restorable) == "yes");
  CHECK(verdict_of(lacking({Cause::not_found}).restorable) == "no: not_found");
  CHECK(verdict_of(lacking({Cause::not_found, Cause::auth}).restorable) == "no: not_found (and 1 more)");
  CheckedRelease rotated;
  rotated.restorable.notes = {"a value is not kept"};
  CHECK(verdict_of(rotated.restorable) == "yes, with today's value of some secrets");
}
