// The published exit codes as data: help topic `exit-codes`, the docs and the tests read this table. Nothing
// else may decide a number; a library's own codes never leave its wrapper.
#pragma once

#include <array>
#include <string_view>

#include <deployctl/error.hpp>

namespace deployctl::cli {

enum class ExitCode {
  done = 0,
  failed = 1,
  changes_pending = 2,
  usage = 3,
  denied = 4,
  lock_held = 5,
  not_approved = 6,
  stale_plan = 7,
  reverted = 8,
  mixed = 9,
  superseded = 10,
  undecided = 11,
  bug = 70,
  interrupted = 130,
  terminated = 143,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;    // in JSON
  std::string_view meaning; // for people
};

inline constexpr std::array<ExitCodeRow, 15> exit_codes = {{
    {ExitCode::done, "done", "done, or nothing to do"},
    {ExitCode::failed, "failed", "failed, and no target was changed"},
    {ExitCode::changes_pending, "changes_pending", "plan --detailed-exitcode: changes pending"},
    {ExitCode::usage, "usage", "bad usage, or an invalid pipeline"},
    {ExitCode::denied, "denied", "authentication or permission"},
    {ExitCode::lock_held, "lock_held", "the lock is held by another run"},
    {ExitCode::not_approved, "not_approved", "not approved, refused by a rule, or nobody there to ask"},
    {ExitCode::stale_plan, "stale_plan", "the plan is stale, expired or altered"},
    {ExitCode::reverted, "reverted", "failed, and every change was reverted"},
    {ExitCode::mixed, "mixed", "the world is neither as before nor as planned"},
    {ExitCode::superseded, "superseded", "what is live is newer, or this release is quarantined"},
    {ExitCode::undecided, "undecided", "a decision is needed after a crash"},
    {ExitCode::bug, "bug", "a bug in deployctl"},
    {ExitCode::interrupted, "interrupted", "interrupted (Ctrl-C) at a safe point"},
    {ExitCode::terminated, "terminated", "interrupted (SIGTERM) at a safe point"},
}};

// For failures before the first effect; the engine's endings carry their own code.
constexpr ExitCode exit_code_of(Cause cause) {
  switch (cause) {
  case Cause::config:
    return ExitCode::usage;
  case Cause::auth:
  case Cause::permission:
    return ExitCode::denied;
  case Cause::policy:
    return ExitCode::not_approved;
  case Cause::superseded:
    return ExitCode::superseded;
  case Cause::cancelled:
    return ExitCode::interrupted;
  case Cause::internal:
    return ExitCode::bug;
  default:
    return ExitCode::failed;
  }
}

} // namespace deployctl::cli
