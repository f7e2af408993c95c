#include "cli/command_rows.hpp"
#include "cli/commands/run.hpp"

namespace deployctl::cli {
namespace {

const Argument pending_run{.name = "RUN",
                           .help = "a run that is not over; default: the only one",
                           .candidates = Candidates::runs,
                           .required = false};
const Flag environment{
    .name = "env", .value = "ENV", .help = "whose pending run", .candidates = Candidates::environments};

} // namespace

std::vector<Command> recovering() {
  return {
      {.name = "resume",
       .summary = "Go on with a run that was interrupted, was parked, or died.",
       .examples = {{"resume", "the only run that is not over"},
                    {"resume --env production", "that of one environment"}},
       .arguments = {pending_run},
       .flags = {environment},
       .run = run_resume},
      {.name = "recover",
       .summary = "Say what happened to stages whose outcome nothing else can tell, then go on.",
       .examples = {{"recover --assume migrate=done", "it was done: go on behind it"},
                    {"recover --assume migrate=not-done", "it was not: do it"},
                    {"recover --assume web/app-1=rerun", "nobody knows: run it again on that target"}},
       .arguments = {pending_run},
       .flags = {{.name = "assume",
                  .value = "STEP[/TARGET]=ANSWER",
                  .help = "done, not-done or rerun; recorded with your name",
                  .repeats = true},
                 environment},
       .run = run_resume},
      {.name = "abort",
       .summary = "Take back what a run changed that is not over.",
       .examples = {{"abort 01JQ3YV2M8T4X6K9R5C7B1N0PZ", "as if it had failed: everything goes back"},
                    {"abort 01JQ3YV2M8T4X6K9R5C7B1N0PZ --keep", "leave what it changed, and exit with 9"}},
       .arguments = {{.name = "RUN", .help = "a run that is not over", .candidates = Candidates::runs}},
       .flags = {{.name = "keep", .help = "leave what the run changed"}},
       .run = run_abort},
      {.name = "history reindex",
       .summary = "Make the history anew from the journals and the stored releases.",
       .examples = {{"history reindex", "after history.db was lost or damaged"}},
       .run = run_reindex},
  };
}

} // namespace deployctl::cli
