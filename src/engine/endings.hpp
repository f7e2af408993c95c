// How a call ends, from what happened: exit codes and their precedence stand here and nowhere else (design:
// cli.md).
#pragma once

#include "engine/deployment.hpp"
#include "engine/engine.hpp"
#include "engine/scheduler.hpp"

namespace deployctl::engine {

namespace exit_code {
inline constexpr int done = 0;
inline constexpr int failed = 1;
inline constexpr int invalid = 3;
inline constexpr int denied = 4;
inline constexpr int locked = 5;
inline constexpr int not_approved = 6;
inline constexpr int stale = 7;
inline constexpr int reverted = 8;
inline constexpr int mixed = 9;
inline constexpr int superseded = 10;
inline constexpr int undecided = 11;
inline constexpr int interrupted = 130; // 128 + SIGINT; SIGTERM gives 143
} // namespace exit_code

// Nothing was changed, and nothing was begun.
Ending refused(int code, Error error, std::string next_command = {});
// The same with the code that the error's cause has before any effect.
Ending refused(const Error& error);
int code_before_effects(const Error& error);

// What a run that was executed ends with: the world as the scheduler knows it.
Ending ending_of(const Scheduler& scheduler, const Deployment& deployment, Finish how, int signal);

// What an abort makes of it: it failed because somebody wanted it to.
void judge_abort(Ending& ending);

// It reached what was planned, with or without hosts left behind: then it makes a release.
bool went_through(const Ending& ending);
// What could not be written down cannot be committed. `untouched` is the code when no target was changed.
void end_unwritten(Ending& ending, int untouched = exit_code::failed);
// The same of a run whose journal failed. Abandoned, it stays interrupted: something may be under way.
void end_without_journal(Ending& ending, Finish how, const Error& why, int untouched = exit_code::failed);

// "succeeded", "failed", "rolled_back", "interrupted", "parked", "aborted": what `when.result` and notices
// speak of.
std::string_view result_of(const Ending& ending);

} // namespace deployctl::engine
