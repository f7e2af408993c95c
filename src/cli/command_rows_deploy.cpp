#include "cli/command_rows.hpp"
#include "cli/commands/lint.hpp"
#include "cli/commands/run.hpp"

namespace deployctl::cli {
namespace {

const Argument environment{
    .name = "ENV", .help = "an environment of the pipeline", .candidates = Candidates::environments};
const Argument environment_or_plan{
    .name = "ENV|PLANFILE",
    .help = "an environment, or a plan saved by 'plan -o' (write ./NAME for a file)",
    .candidates = Candidates::environments_or_files};

const Flag plan_out{.name = "out",
                    .letter = 'o',
                    .value = "FILE",
                    .help = "save the plan, to be applied exactly",
                    .candidates = Candidates::files};
const Flag yes{.name = "yes", .letter = 'y', .help = "answer the question beforehand"};
const Flag version{
    .name = "version", .value = "V", .help = "name of the release; default: the version tag at HEAD"};

const Flag build{.name = "build", .help = "make the artifacts first, so that the plan has their digests"};
const Flag from{.name = "from",
                .value = "ENV",
                .help = "take the artifacts that this environment has proven",
                .candidates = Candidates::environments};
const Flag no_from{.name = "no-from",
                   .value = "WHY",
                   .help =
                       "make the artifacts here although the pipeline says 'from'; the reason is recorded"};
const Flag prune{.name = "prune", .help = "remove what the live release has and the pipeline does not"};
const Flag all_hosts{.name = "all-hosts", .help = "show every host on a line of its own"};

Flag later(std::string_view name, std::string_view value = {}) {
  return {.name = name, .value = value, .since = Since::later};
}

Command linting() {
  return {.name = "lint",
          .summary =
              "Find secrets in files and mistakes in Dockerfiles, Compose files and .env files, offline.",
          .examples = {{"lint", "what git keeps below this folder"},
                       {"lint Dockerfile compose.yaml", "these files"},
                       {"lint --format sarif > lint.sarif", "for code scanning"}},
          .arguments = {{.name = "PATH",
                         .help = "files, or folders with what git keeps in them; default: this folder",
                         .candidates = Candidates::files,
                         .required = false,
                         .repeats = true}},
          .flags = {{.name = "format",
                     .value = "FORMAT",
                     .help = "text, json or sarif",
                     .kind = ValueKind::choice,
                     .choices = {"text", "json", "sarif"}}},
          .run = run_lint};
}

Command approving() {
  return {.name = "approve",
          .summary = "Sign an approval of a saved plan, or of a step that a run waits at.",
          .examples = {{"approve next.plan", "writes next.plan.approvals, for 'apply next.plan'"},
                       {"approve next.plan --key ~/.ssh/deploy_ed25519", "with this key"},
                       {"approve 01JD3Z6M9Q4V0T5W8X2Y7R1KBN", "the step that this run waits at"}},
          .arguments = {{.name = "PLANFILE|RUN",
                         .help = "a plan saved by 'plan -o', or a run that waits for approval",
                         .candidates = Candidates::files}},
          .flags = {{.name = "key",
                     .value = "FILE",
                     .help = "an SSH key, or the public half of one in the agent; default: that of your user",
                     .candidates = Candidates::files},
                    {.name = "deny", .help = "sign that it must not be done"}},
          .run = run_approve};
}

Command rehearsing() {
  return {.name = "rehearse",
          .summary = "Play the pipeline against simulated targets: the same engine, and nothing is touched.",
          .examples = {{"rehearse production", "how the run would go"},
                       {"rehearse production --fail api", "how it would be taken back"},
                       {"rehearse production --kill migrate",
                        "the process dies there, and the next one goes on"}},
          .arguments = {environment},
          .flags = {{.name = "fail",
                     .value = "STEP",
                     .help = "this step fails on its targets",
                     .candidates = Candidates::steps},
                    {.name = "kill",
                     .value = "STEP",
                     .help = "the process dies in this step, its effect done and not yet written down",
                     .candidates = Candidates::steps},
                    {.name = "seed",
                     .value = "N",
                     .help = "fail on about every second target; the same number, the same ones",
                     .kind = ValueKind::count}},
          .run = run_rehearse};
}

} // namespace

std::vector<Command> first_steps() {
  return {
      {.name = "init",
       .summary = "Write a pipeline that validates, from what is in this folder; on a terminal it asks.",
       .examples = {{"init", "deploy.yaml; a Dockerfile, a Compose file and the remote of git are looked at"},
                    {"init --template exec", "a pipeline of commands"},
                    {"init --no-input", "what fits the folder, without a question"}},
       .flags =
           {{.name = "template",
             .value = "NAME",
             .help = "host-release, exec, compose, container or docker-hosts; default: what fits this folder",
             .kind = ValueKind::choice,
             .choices = {"host-release", "exec", "compose", "container", "docker-hosts"}},
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
      linting(),
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
                 all_hosts,
                 from,
                 no_from,
                 build,
                 prune},
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
                 all_hosts,
                 version,
                 build,
                 prune,
                 from,
                 no_from,
                 {.name = "override-freeze",
                  .value = "WHY",
                  .help = "deploy although it is frozen; the reason is recorded"}},
       .run = run_apply},
      approving(),
      rehearsing(),
      {.name = "rollback",
       .summary = "Go back to an older release: a plan, a question, the same engine.",
       .examples = {{"rollback production", "to the last good release before the live one"},
                    {"rollback production --to v1.4.0", "to this one; without a record to the git tag"},
                    {"rollback production -o back.plan", "save the plan, for 'apply back.plan'"}},
       .arguments = {environment},
       .flags = {{.name = "to",
                  .value = "RELEASE",
                  .help = "number, version, commit, id, or a tag of the source",
                  .candidates = Candidates::releases},
                 plan_out,
                 yes,
                 all_hosts,
                 {.name = "cross",
                  .value = "STEP",
                  .help = "go back over this step although older code does not work with what it did",
                  .candidates = Candidates::steps,
                  .repeats = true}},
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

} // namespace deployctl::cli
