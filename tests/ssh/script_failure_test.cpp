#include "ssh/script_failure.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;

TEST_CASE("script failure: what a host's tools say becomes a cause and help") {
  struct Row {
    int status;
    std::string err;
    Cause cause;
    std::string reason;
    bool has_help;
  };
  const std::vector<Row> rows = {
      {1, "sudo: a password is required\n", Cause::permission, "sudo: a password is required", true},
      {1, "sudo: sorry, you must have a tty to run sudo\n", Cause::permission,
       "sudo: sorry, you must have a tty to run sudo", true},
      {127, "sh: 3: sudo: not found\n", Cause::permission, "sh: 3: sudo: not found", true},
      {1, "tar: x: Cannot write: No space left on device\n", Cause::capacity,
       "tar: x: Cannot write: No space left on device", false},
      {73, "deployctl: 3 KiB are free\n", Cause::capacity, "3 KiB are free", false},
      {73, "something else\n", Cause::command_failed, "something else", false},
      {4, "", Cause::command_failed, "exit status 4", false},
  };
  for (const Row& row : rows) {
    INFO(row.err);
    const Error error =
        ssh::script_failure("cannot switch", {.exit_code = row.status, .out = {}, .err = row.err});
    CHECK(error.cause == row.cause);
    CHECK(error.message == "cannot switch: " + row.reason);
    CHECK(error.help.empty() != row.has_help);
  }
}
