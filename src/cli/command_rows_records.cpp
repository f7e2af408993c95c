#include "cli/command_rows.hpp"
#include "cli/commands/run.hpp"
#include "cli/commands/telling.hpp"

namespace deployctl::cli {
namespace {

const Argument environment{
    .name = "ENV", .help = "an environment of the pipeline", .candidates = Candidates::environments};
const Argument any_environment{.name = "ENV",
                               .help = "an environment; all of them when left out",
                               .candidates = Candidates::environments,
                               .required = false};
const Argument recorded_run{
    .name = "RUN", .help = "the id of a run, or 'last' for the newest one", .candidates = Candidates::runs};

} // namespace

std::vector<Command> looking() {
  return {
      {.name = "status",
       .summary = "Show what is live, since when, whether it drifted, and who holds the lock.",
       .examples = {{"status production", "one environment"},
                    {"status production --watch", "looked at again and again"}},
       .arguments = {any_environment},
       .flags = {{.name = "offline", .help = "only what is recorded: ask no server"},
                 {.name = "watch", .help = "look again and again until Ctrl-C"},
                 {.name = "every",
                  .value = "DURATION",
                  .help = "how often with --watch; default 5s",
                  .kind = ValueKind::duration}},
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
  };
}

std::vector<Command> telling() {
  return {
      {.name = "logs",
       .summary = "Show the record of a run: every stage, gate, decision and failure, with its time.",
       .examples = {{"logs last", "the newest run of this pipeline"},
                    {"logs last api", "what happened to one step"},
                    {"logs 01JQ3YV2M8T4X6K9R5C7B1N0PZ --output json", "for a program"}},
       .arguments =
           {recorded_run,
            {.name = "STEP", .help = "only this step", .candidates = Candidates::steps, .required = false}},
       .run = run_logs},
      {.name = "report",
       .summary = "Write one self-contained HTML page about a run.",
       .examples = {{"report last -o report.html", "timeline, plan, evidence, approvals, commits"}},
       .arguments = {recorded_run},
       .flags = {{.name = "out",
                  .letter = 'o',
                  .value = "FILE",
                  .help = "where to write it; default: standard output",
                  .candidates = Candidates::files}},
       .run = run_report},
      {.name = "graph",
       .summary = "Draw the steps and what they need.",
       .examples = {{"graph production", "as text"},
                    {"graph production --format mermaid", "for Markdown"},
                    {"graph production --format svg > steps.svg", "a picture"}},
       .arguments = {environment},
       .flags = {{.name = "format",
                  .value = "FORMAT",
                  .help = "text, mermaid, dot or svg",
                  .kind = ValueKind::choice,
                  .choices = {"text", "mermaid", "dot", "svg"}}},
       .run = run_graph},
      {.name = "doctor",
       .summary =
           "Look whether everything is there and can be reached: programs, git, records, disk, hosts and "
           "their clocks, registries, secrets.",
       .examples = {{"doctor", "all environments"}, {"doctor production", "one of them"}},
       .arguments = {any_environment},
       .run = run_doctor},
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
