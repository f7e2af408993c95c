#include "providers/command.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/json.hpp"
#include "base/pattern.hpp"
#include "base/redactor.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"

namespace deployctl::providers {
namespace {

constexpr std::size_t evidence_lines = 20;
constexpr std::size_t longest_summary = 100;

struct ExitMeaning {
  int code;
  Cause cause;
  std::string_view what;
};
constexpr std::array<ExitMeaning, 3> meanings = {{
    {126, Cause::permission, "the command was found but could not be executed (exit 126)"},
    {127, Cause::not_found, "the command was not found (exit 127)"},
    {137, Cause::out_of_memory,
     "the command was killed (exit 137): most often the machine ran out of memory"},
}};

std::string shown(const CommandInputs& inputs) {
  std::string text = inputs.command.empty() ? std::string(trim(inputs.script)) : join(inputs.command, " ");
  const auto line_end = text.find('\n');
  const bool more = line_end != std::string::npos || text.size() > longest_summary;
  text = text.substr(0, std::min(line_end, longest_summary));
  return more ? text + " ..." : text;
}

Confirmation checked(const Result<CommandEnd>& end) {
  if (!end)
    return {.state = Confirmation::State::unknown,
            .detail = "the check could not be run: " + end.error().message};
  if (end->timed_out || end->cancelled)
    return {.state = Confirmation::State::unknown, .detail = "the check did not end"};
  if (end->exit_code != 0)
    return {.state = Confirmation::State::not_done,
            .detail = fmt::format("the check exited with {}", end->exit_code)};
  return {.state = Confirmation::State::done,
          .outputs = Value::Map{{"exit_code", 0}, {"stdout", ""}},
          .detail = "the check exited with 0"};
}

Confirmation unchecked(const CommandInputs& inputs, std::string_view action) {
  if (inputs.effect != "once") return {.state = Confirmation::State::not_done};
  return {.state = Confirmation::State::unknown,
          .detail = fmt::format("{} without `check` cannot say whether its command ran", action)};
}

} // namespace

CommandFields command_fields(const std::string& where) {
  return {
      .command = {.name = "command",
                  .type = FieldType::argv,
                  .help = "The program and its arguments, run " + where + " without a shell.",
                  .example = "[make, migrate]",
                  .secret = SecretUse::never},
      .script = {.name = "script",
                 .type = FieldType::script,
                 .help = "Shell text, run " + where + " by `sh -e`; values enter by `env`.",
                 .example = "|\n  ./build.sh\n  ./publish.sh",
                 .secret = SecretUse::never},
      .env = {.name = "env",
              .type = FieldType::map,
              .help = "Environment variables of the command; DEPLOYCTL_RUN, _STEP, _RELEASE and _KEY are "
                      "always set.",
              .example = "{ LOG_LEVEL: info }",
              .secret = SecretUse::value,
              .element = {{.name = "env",
                           .help = "The value of one variable.",
                           .example = "info",
                           .secret = SecretUse::value}}},
      .input = {.name = "stdin",
                .help = "Text that the command reads on standard input.",
                .example = "${secrets.token}",
                .secret = SecretUse::value},
      .directory = {.name = "directory",
                    .type = FieldType::path,
                    .help = "The directory in which the command runs.",
                    .example = "web"},
      .effect =
          {.name = "effect",
           .type = FieldType::choice,
           .help =
               "What running it does: nothing, something that may be done again, or something to do once.",
           .example = "repeatable",
           .fallback = "once",
           .managed = false,
           .choices = {"none", "repeatable", "once"}},
      .check = {.name = "check",
                .type = FieldType::argv,
                .help = "A command that changes nothing and exits with 0 when the work is done; asked after "
                        "a crash or a "
                        "failure.",
                .example = "[./migrated, '1.4']",
                .managed = false,
                .secret = SecretUse::never},
  };
}

FieldGroup command_group() {
  return {.names = {"command", "script"}, .required = true};
}

std::vector<Output> command_outputs() {
  return {{.name = "exit_code", .type = FieldType::integer, .help = "The exit status, which is 0."},
          {.name = "stdout",
           .help = "Standard output without white space around it, at most 64 KiB, secrets masked."},
          {.name = "json", .type = FieldType::any, .help = "Standard output as a value, if it is JSON."}};
}

std::vector<Operation> command_operations(Protocol protocol, const std::string& argv_text,
                                          const std::string& script_text) {
  return {{.name = "command",
           .effect = Effect::write,
           .protocol = protocol,
           .help = "Runs the command.",
           .script = argv_text,
           .from_input = "command"},
          {.name = "script",
           .effect = Effect::write,
           .protocol = protocol,
           .help = "Runs the script.",
           .script = script_text,
           .from_input = "script"},
          {.name = "check",
           .effect = Effect::read,
           .protocol = protocol,
           .help = "Asks whether the work is done.",
           .script = argv_text,
           .from_input = "check"}};
}

CrashClass command_crash_class(const Value& inputs) {
  const Value* effect = inputs.find("effect");
  const std::string chosen = effect && effect->text() ? *effect->text() : "once";
  if (chosen == "none") return CrashClass::observe;
  if (const Value* check = inputs.find("check"); check && check->list()) return CrashClass::marked;
  return chosen == "repeatable" ? CrashClass::declarative : CrashClass::opaque;
}

std::vector<InputProblem> check_command(const Value& inputs) {
  std::vector<InputProblem> problems;
  static const Pattern name = *Pattern::compile("[A-Za-z_][A-Za-z0-9_]*");
  if (const Value* env = inputs.find("env"); env && env->map())
    for (const auto& [key, value] : *env->map()) {
      if (!name.matches(key))
        problems.push_back({.path = "env." + key,
                            .message = fmt::format("'{}' is not the name of an environment variable", key),
                            .help = "letters, digits and '_', not beginning with a digit"});
      else if (key.starts_with("DEPLOYCTL_"))
        problems.push_back({.path = "env." + key, .message = fmt::format("'{}' is set by deployctl", key)});
    }
  return problems;
}

Change command_change(const CommandInputs& inputs, const Value& desired) {
  Change change{.action = Action::run, .summary = shown(inputs), .desired = desired};
  const bool harmless = inputs.effect == "none";
  // What may be done once is not cut in the middle.
  change.stages = {{.name = "run", .on_cancel = inputs.effect == "once" ? OnCancel::finish : OnCancel::kill}};
  if (!harmless) {
    change.undoable = Undoable::no;
    change.undoable_why = "a command has no inverse unless the step has `undo`";
  }
  return change;
}

std::map<std::string, Text> command_environment(const CommandInputs& inputs, const Intent& intent) {
  std::map<std::string, Text> environment = inputs.env;
  environment.insert_or_assign("DEPLOYCTL_RUN", intent.run);
  environment.insert_or_assign("DEPLOYCTL_STEP", intent.step);
  environment.insert_or_assign("DEPLOYCTL_RELEASE", intent.ask.release);
  environment.insert_or_assign("DEPLOYCTL_KEY", intent.key);
  return environment;
}

Result<Value> command_result(const CommandEnd& end, const Value& desired, Milliseconds timeout) {
  RedactionSet secrets;
  for_each_secret(desired, [&](const Secret& secret) { secrets.add(secret); });
  const auto failed = [&](Cause cause, std::string message) -> Result<Value> {
    const std::string said = secrets.redact(trim(end.err).empty() ? end.out : end.err);
    return fail({.cause = cause,
                 .message = std::move(message),
                 .evidence = last_lines(said, evidence_lines),
                 .retryable = cause == Cause::command_failed || cause == Cause::timeout});
  };
  if (end.cancelled) return failed(Cause::cancelled, "the command was stopped");
  if (end.timed_out)
    return failed(Cause::timeout, "the command did not end within " + format_duration(timeout));
  if (end.exit_code != 0)
    return failed(Cause::command_failed, fmt::format("the command ended with exit status {}", end.exit_code));

  const std::string redacted = secrets.redact(end.out);
  const std::string_view text = trim(redacted);
  Value outputs = Value::Map{{"exit_code", 0}, {"stdout", text.substr(0, longest_output)}};
  if (text.empty() || text.size() > longest_output) return outputs;
  if (auto json = parse_json(text, JsonMode::plain)) outputs["json"] = *std::move(json);
  return outputs;
}

Confirmation confirm_command(const Result<CommandInputs>& decoded, std::string_view action,
                             const RunCheck& run_check) {
  if (!decoded) return {.state = Confirmation::State::unknown, .detail = decoded.error().message};
  if (decoded->check.empty()) return unchecked(*decoded, action);
  CommandInputs inputs = *decoded;
  std::erase_if(inputs.env, [](const auto& variable) { return variable.second.secret() != nullptr; });
  inputs.input = {};
  return checked(run_check(inputs));
}

Diagnosis diagnose_command(const Failure& failure) {
  Diagnosis diagnosis{
      .cause = failure.error.cause, .summary = failure.error.message, .evidence = failure.error.evidence};
  if (failure.error.cause != Cause::command_failed) return diagnosis;
  for (const ExitMeaning& meaning : meanings)
    if (failure.error.message.ends_with(fmt::format(" {}", meaning.code))) {
      diagnosis.cause = meaning.cause;
      diagnosis.summary = meaning.what;
    }
  return diagnosis;
}

} // namespace deployctl::providers
