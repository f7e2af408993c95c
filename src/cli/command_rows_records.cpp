#include "cli/command_rows.hpp"
#include "cli/commands/run.hpp"

namespace deployctl::cli {
namespace {

const Argument environment{
    .name = "ENV", .help = "an environment of the pipeline", .candidates = Candidates::environments};
const Argument any_environment{.name = "ENV",
                               .help = "an environment; all of them when left out",
                               .candidates = Candidates::environments,
                               .required = false};

Flag later(std::string_view name, std::string_view value = {}) {
  return {.name = name, .value = value, .since = Since::later};
}

} // namespace

std::vector<Command> looking() {
  return {
      {.name = "status",
       .summary = "Show what is live, since when, whether it drifted, and who holds the lock.",
       .examples = {{"status production", "one environment"}},
       .arguments = {any_environment},
       .flags = {{.name = "offline", .help = "only what is recorded: ask no server"}, later("watch")},
       .run = run_status},
      {.name = "history",
       .summary = "List the releases of an environment, newest first.",
       .examples = {{"history production", "the last 20"},
                    {"history production --limit 100", "more"},
                    {"history production --check", "which of them could be gone back to"}},
       .arguments = {environment},
       .flags = {{.name = "limit", .value = "N", .help = "how many; default 20", .kind = ValueKind::count},
                 {.name = "check", .help = "look whether each can be restored, and why not"}},
       .run = run_history},
      {.name = "show",
       .summary = "Show one release in full.",
       .examples = {{"show 12", "by number, in the only environment"},
                    {"show v1.4.0 --env production", "by version"}},
       .arguments = {{.name = "RELEASE",
                      .help = "number, version, commit or id",
                      .candidates = Candidates::releases}},
       .flags =
           {{.name = "env", .value = "ENV", .help = "whose release", .candidates = Candidates::environments}},
       .run = run_show},
      {.name = "diff",
       .summary = "Show what differs between two releases.",
       .examples = {{"diff 11 12 --env production", "inputs, images, secrets' versions, commits"}},
       .arguments = {{.name = "A", .help = "the older release", .candidates = Candidates::releases},
                     {.name = "B", .help = "the newer release", .candidates = Candidates::releases}},
       .flags = {{.name = "env",
                  .value = "ENV",
                  .help = "whose releases",
                  .candidates = Candidates::environments}},
       .run = run_diff},
      {.name = "graph",
       .summary = "Draw the steps and what they need.",
       .examples = {{"graph production", "as text"}, {"graph production --format mermaid", "for Markdown"}},
       .arguments = {environment},
       .flags = {{.name = "format",
                  .value = "FORMAT",
                  .help = "text, mermaid or dot",
                  .kind = ValueKind::choice,
                  .choices = {"text", "mermaid", "dot"}}},
       .run = run_graph},
      {.name = "secrets check",
       .summary = "Look whether every secret that an environment uses can be read.",
       .examples = {{"secrets check production", "each reference, and what is wrong with it"}},
       .arguments = {environment},
       .run = run_secrets_check},
  };
}

std::vector<Command> locking() {
  return {
      {.name = "lock",
       .summary = "Hold the lock of an environment by hand: nobody deploys until 'unlock'.",
       .examples = {{"lock production -m 'load test until 15:00'", ""}},
       .arguments = {environment},
       .flags = {{.name = "message",
                  .letter = 'm',
                  .value = "WHY",
                  .help = "shown to everybody who wants the lock"}},
       .run = run_lock},
      {.name = "unlock",
       .summary = "Remove a lock held by hand, or one whose run is dead.",
       .examples = {{"unlock production --reason 'load test is over'", ""}},
       .arguments = {environment},
       .flags = {{.name = "reason", .value = "WHY", .help = "kept in the audit log"}},
       .run = run_unlock},
      {.name = "lock list",
       .summary = "List the locks that are held.",
       .examples = {{"lock list", ""}},
       .run = run_lock_list},
      {.name = "history unquarantine",
       .summary = "Let a quarantined release be applied again.",
       .examples = {{"history unquarantine 12 --reason 'the fault was elsewhere'", ""}},
       .arguments = {{.name = "RELEASE",
                      .help = "number, version, commit or id",
                      .candidates = Candidates::releases}},
       .flags =
           {{.name = "reason", .value = "WHY", .help = "kept in the audit log"},
            {.name = "env", .value = "ENV", .help = "whose release", .candidates = Candidates::environments}},
       .run = run_unquarantine},
  };
}

} // namespace deployctl::cli
