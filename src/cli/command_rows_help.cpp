#include "cli/command_rows.hpp"
#include "cli/commands/permissions.hpp"
#include "cli/commands/run.hpp"

namespace deployctl::cli {
std::vector<Command> documentation() {
  return {
      {.name = "permissions",
       .summary =
           "Show what the steps of a pipeline have to be allowed: on hosts, by registries and secret stores.",
       .examples = {{"permissions production", "what its hosts, registries and stores have to allow"},
                    {"permissions --output json", "every environment, for programs"}},
       .arguments = {{.name = "ENV",
                      .help = "an environment of the pipeline; default: all",
                      .candidates = Candidates::environments,
                      .required = false}},
       .run = run_permissions},
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

} // namespace deployctl::cli
