#include "cli/commands.hpp"

#include <algorithm>

#include "cli/commands/run.hpp"

namespace deployctl::cli {
namespace {

const Argument environment{
    .name = "ENV", .help = "an environment of the pipeline", .candidates = Candidates::environments};
const Argument environment_or_plan{
    .name = "ENV|PLANFILE",
    .help = "an environment, or a plan saved by 'plan -o' (write ./NAME for a file)",
    .candidates = Candidates::environments_or_files};
const Argument any_environment{.name = "ENV",
                               .help = "an environment; all of them when left out",
                               .candidates = Candidates::environments,
                               .required = false};

const Flag plan_out{.name = "out",
                    .letter = 'o',
                    .value = "FILE",
                    .help = "save the plan, to be applied exactly",
                    .candidates = Candidates::files};
const Flag yes{.name = "yes", .letter = 'y', .help = "answer the question beforehand"};
const Flag version{
    .name = "version", .value = "V", .help = "name of the release; default: the version tag at HEAD"};

Flag later(std::string_view name, std::string_view value = {}) {
  return {.name = name, .value = value, .since = Since::later};
}

Command later_command(std::string_view name, std::string_view summary) {
  return {.name = name, .summary = summary};
}

std::vector<Command> first_steps() {
  return {
      {.name = "init",
       .summary = "Write a pipeline that validates.",
       .examples = {{"init", "deploy.yaml with the template host-release"},
                    {"init --template exec", "a pipeline of commands"}},
       .flags = {{.name = "template",
                  .value = "NAME",
                  .help = "what to start from",
                  .kind = ValueKind::choice,
                  .choices = {"host-release", "exec"}},
                 later("from", "SOURCE")},
       .run = run_init},
      {.name = "validate",
       .summary = "Find every mistake in the pipeline at once, offline.",
       .examples = {{"validate", "deploy.yaml"}, {"validate other.yaml --output json", "for an editor"}},
       .arguments = {{.name = "FILE",
                      .help = "the pipeline; default: deploy.yaml",
                      .candidates = Candidates::files,
                      .required = false}},
       .run = run_validate,
       .takes_pipeline = true},
      {.name = "plan",
       .summary = "Compare the pipeline with the live world and show what would change. Changes nothing.",
       .examples = {{"plan production", "what would change"},
                    {"plan production -o next.plan", "save it, to apply exactly this"},
                    {"plan production --detailed-exitcode", "exit 2 when changes are pending"}},
       .arguments = {environment},
       .flags = {plan_out,
                 {.name = "detailed-exitcode", .help = "exit 2 when changes are pending"},
                 version,
                 {.name = "full", .help = "show unchanged steps and every field"},
                 later("from", "ENV"),
                 later("no-from", "WHY"),
                 later("build"),
                 later("prune")},
       .run = run_plan},
  };
}

std::vector<Command> changing() {
  return {
      {.name = "apply",
       .summary = "Plan, ask, execute, verify and record a release.",
       .examples = {{"apply production", "plan, ask, apply"},
                    {"apply next.plan --yes", "exactly the saved plan, without a question"},
                    {"apply production --lock-wait 10m", "wait for a run that is going on"}},
       .arguments = {environment_or_plan},
       .flags = {yes,
                 {.name = "dry-run", .help = "the same as 'plan'"},
                 version,
                 later("build"),
                 later("prune"),
                 later("from", "ENV"),
                 later("no-from", "WHY"),
                 later("override-freeze", "WHY")},
       .run = run_apply},
      {.name = "rollback",
       .summary = "Go back to a recorded release: a plan, a question, the same engine.",
       .examples = {{"rollback production", "to the last good release before the live one"},
                    {"rollback production --to v1.4.0", "to this one"}},
       .arguments = {environment},
       .flags = {{.name = "to",
                  .value = "RELEASE",
                  .help = "number, version, commit or id",
                  .candidates = Candidates::releases},
                 plan_out,
                 yes,
                 later("cross", "STEP")},
       .run = run_rollback},
      {.name = "run",
       .summary = "Run steps and what they need. Makes no release.",
       .examples = {{"run production test", "one step with its needs"}},
       .arguments = {environment,
                     {.name = "STEP",
                      .help = "a step of the pipeline",
                      .candidates = Candidates::steps,
                      .repeats = true}},
       .flags = {yes, version},
       .run = run_steps},
  };
}

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
       .examples = {{"history production", "the last 20"}, {"history production --limit 100", "more"}},
       .arguments = {environment},
       .flags = {{.name = "limit", .value = "N", .help = "how many; default 20", .kind = ValueKind::count},
                 later("check")},
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
  };
}

std::vector<Command> documentation() {
  return {
      {.name = "explain",
       .summary = "Explain an action, one of its fields, a key of the language, or an error code.",
       .examples = {{"explain host.release", "an action and its fields"},
                    {"explain host.release.health", "one field"},
                    {"explain D0101", "an error code"}},
       .arguments = {{.name = "SUBJECT",
                      .help = "ACTION, ACTION.FIELD, a key, or CODE",
                      .candidates = Candidates::actions}},
       .run = run_explain},
      {.name = "schema",
       .summary = "Print the JSON Schema of the pipeline file, for editors.",
       .examples = {{"schema > deploy.schema.json", "for the yaml-language-server line"},
                    {"schema --events", "of the event stream"}},
       .flags = {{.name = "events", .help = "the schema of one line of --output ndjson"}},
       .run = run_schema},
      {.name = "provider list",
       .summary = "List the actions that a step or gate can use.",
       .examples = {{"provider list", ""}},
       .run = run_provider_list},
      {.name = "completion",
       .summary = "Print the completion script of a shell.",
       .examples = {{"completion bash > /etc/bash_completion.d/deployctl", ""},
                    {"completion fish > ~/.config/fish/completions/deployctl.fish", ""}},
       .arguments = {{.name = "SHELL", .help = "bash, zsh or fish", .candidates = Candidates::topics}},
       .run = run_completion},
      {.name = "help",
       .summary = "Show help for a command or a topic: exit-codes, environment, output.",
       .examples = {{"help apply", ""}, {"help exit-codes", ""}},
       .arguments = {{.name = "COMMAND|TOPIC",
                      .help = "what to tell about",
                      .candidates = Candidates::topics,
                      .required = false,
                      .repeats = true}},
       .run = run_help},
      {.name = "version", .summary = "Print the version.", .examples = {{"version", ""}}, .run = run_version},
      {.name = "__complete",
       .summary = "Answer a shell's completion script.",
       .arguments =
           {{.name = "WORD", .help = "the words so far, behind '--'", .required = false, .repeats = true}},
       .flags = {{.name = "shell", .value = "SHELL", .help = "which shell asks"}},
       .run = run_complete,
       .hidden = true},
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

std::vector<Command> later_commands() {
  return {
      later_command("lint", "guardrails on the pipeline and what it deploys"),
      later_command("approve", "a signed approval bound to a plan's digest"),
      later_command("history reindex", "rebuild the history from the journals"),
      later_command("resume", "go on with an interrupted run; 'apply' does that in this version"),
      later_command("recover", "say what happened to a stage whose outcome is unknown"),
      later_command("abort", "take back what an interrupted run changed"),
      later_command("logs", "the record of a run"),
      later_command("secrets check", "whether every reference resolves"),
      later_command("permissions", "the least privilege that the pipeline needs"),
      later_command("doctor", "whether everything is reachable"),
      later_command("report", "one page about a run"),
      later_command("rehearse", "the pipeline against simulated targets"),
  };
}

std::vector<Command> everything() {
  std::vector<Command> all;
  for (auto* part : {first_steps, changing, looking, locking, documentation, later_commands})
    for (Command& command : part()) all.push_back(std::move(command));
  return all;
}

} // namespace

const std::vector<Command>& all_commands() {
  static const std::vector<Command> commands = everything();
  return commands;
}

const std::vector<Flag>& global_flags() {
  static const std::vector<Flag> flags = {
      {.name = "file",
       .letter = 'f',
       .value = "FILE",
       .help = "the pipeline; default: deploy.yaml",
       .candidates = Candidates::files},
      {.name = "directory",
       .letter = 'C',
       .value = "DIR",
       .help = "go there first",
       .candidates = Candidates::directories},
      {.name = "output",
       .value = "FORMAT",
       .help = "text, json (one document) or ndjson (events)",
       .kind = ValueKind::choice,
       .choices = {"text", "json", "ndjson"}},
      {.name = "event-file",
       .value = "FILE",
       .help = "also write the events there, as NDJSON",
       .candidates = Candidates::files},
      {.name = "color",
       .value = "WHEN",
       .help = "auto, always or never",
       .kind = ValueKind::choice,
       .choices = {"auto", "always", "never"}},
      {.name = "quiet", .letter = 'q', .help = "say nothing unless something fails"},
      {.name = "verbose", .letter = 'v', .help = "say more"},
      {.name = "no-input", .help = "never ask"},
      {.name = "set", .value = "NAME=VALUE", .help = "the value of a declared variable", .repeats = true},
      {.name = "parallel",
       .value = "N",
       .help = "stages and probes at once; default 8",
       .kind = ValueKind::count},
      {.name = "lock-wait",
       .value = "DURATION",
       .help = "wait this long for the lock",
       .kind = ValueKind::duration},
      {.name = "lock-policy",
       .value = "POLICY",
       .help = "wait, skip or fail when the lock is held",
       .kind = ValueKind::choice,
       .choices = {"wait", "skip", "fail"}},
      {.name = "timeout",
       .value = "DURATION",
       .help = "wind down after this long",
       .kind = ValueKind::duration},
  };
  return flags;
}

const Command* find_command(std::string_view name) {
  const std::vector<Command>& commands = all_commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& command) { return command.name == name; });
  if (found != commands.end()) return &*found;
  return nullptr;
}

const Flag* find_flag(const Command* command, std::string_view name) {
  const auto fits = [&](const Flag& flag) { return flag.name == name; };
  if (command)
    if (const auto own = std::find_if(command->flags.begin(), command->flags.end(), fits);
        own != command->flags.end())
      return &*own;
  const auto global = std::find_if(global_flags().begin(), global_flags().end(), fits);
  return global == global_flags().end() ? nullptr : &*global;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : all_commands())
    if (command.run && !command.hidden) names.emplace_back(command.name);
  return names;
}

} // namespace deployctl::cli
