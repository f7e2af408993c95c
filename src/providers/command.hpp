// What exec.run and host.run have in common: their inputs, what recovery may assume, and how the end of a
// command becomes outputs or an error. It runs nothing.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

namespace deployctl::providers {

struct CommandInputs {
  std::vector<std::string> command; // empty: `script` is written
  std::string script;
  std::map<std::string, Text> env;
  Text input;
  std::string directory;
  std::string effect;
  std::vector<std::string> check;
};

struct CommandFields {
  Field command, script, env, input, directory, effect, check;
};
// `where` ends sentences of the help: "where deployctl runs", "on the host".
CommandFields command_fields(const std::string& where);
FieldGroup command_group(); // command or script
std::vector<Output> command_outputs();
// The operations `command`, `script` and `check`; on hosts with the constant texts that run them.
std::vector<Operation> command_operations(Protocol protocol, const std::string& argv_text = {},
                                          const std::string& script_text = {});

// A pointer to a member of the part, seen from the whole.
template <class T, class M>
M T::*part_of(M CommandInputs::*member) {
  return member;
}

template <class T>
void add_command(Table<T>& table, const std::string& where) {
  CommandFields fields = command_fields(where);
  table.add(part_of<T>(&CommandInputs::command), std::move(fields.command))
      .add(part_of<T>(&CommandInputs::script), std::move(fields.script))
      .add(part_of<T>(&CommandInputs::env), std::move(fields.env))
      .add(part_of<T>(&CommandInputs::input), std::move(fields.input))
      .add(part_of<T>(&CommandInputs::directory), std::move(fields.directory))
      .add(part_of<T>(&CommandInputs::effect), std::move(fields.effect))
      .add(part_of<T>(&CommandInputs::check), std::move(fields.check));
}

// none -> observe; with `check` -> marked; repeatable -> declarative; once -> opaque.
CrashClass command_crash_class(const Value& inputs);
std::vector<InputProblem> check_command(const Value& inputs);

// The change of a task that runs one command in one stage.
Change command_change(const CommandInputs& inputs, const Value& desired);

// The environment of the command: what was asked for, and who asks (DEPLOYCTL_RUN, _STEP, _RELEASE, _KEY).
std::map<std::string, Text> command_environment(const CommandInputs& inputs, const Intent& intent);

// How a command ended, on this machine or on a host.
struct CommandEnd {
  int exit_code = 0;
  bool timed_out = false;
  bool cancelled = false;
  std::string out;
  std::string err;
};

// From what the port of processes or that of hosts answered.
template <class Answer>
Result<CommandEnd> end_of(Result<Answer> answer) {
  DEPLOYCTL_TRY(Answer given, std::move(answer));
  return CommandEnd{.exit_code = given.exit_code,
                    .timed_out = given.timed_out,
                    .cancelled = given.cancelled,
                    .out = std::move(given.out),
                    .err = std::move(given.err)};
}

inline constexpr Milliseconds check_limit{60'000};
inline constexpr std::size_t longest_output = 64U << 10; // bytes of stdout that become an output

// Outputs (exit_code, stdout, json), or the error with the last lines as evidence. The secrets in `desired`
// are masked in both.
Result<Value> command_result(const CommandEnd& end, const Value& desired, Milliseconds timeout);
// What `check` says: exit 0 is done, anything else is not done. It gets no secrets, those are resolved for
// what has an effect only. Without `check`: what is harmless to run again was not done, and of the rest
// nothing is known.
using RunCheck = std::function<Result<CommandEnd>(const CommandInputs&)>;
Confirmation confirm_command(const Result<CommandInputs>& decoded, std::string_view action,
                             const RunCheck& run_check);
// Sharpens command_failed: killed for memory, not found, not executable.
Diagnosis diagnose_command(const Failure& failure);

} // namespace deployctl::providers
