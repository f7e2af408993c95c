// What exec.run and host.run have in common: their inputs, what recovery may assume, and how the end of a
// command becomes outputs or an error. It runs nothing.
#pragma once

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

inline constexpr std::size_t longest_output = 64U << 10; // bytes of stdout that become an output

// Outputs (exit_code, stdout, json), or the error with the last lines as evidence. The secrets in `desired`
// are masked in both.
Result<Value> command_result(const CommandEnd& end, const Value& desired, Milliseconds timeout);
// What `check` said: exit 0 is done, anything else is not done.
Confirmation checked(const Result<CommandEnd>& end);
// Without `check`: what is harmless to run again was not done, and of the rest nothing is known.
Confirmation unchecked(const CommandInputs& inputs, std::string_view action);
// Sharpens command_failed: killed for memory, not found, not executable.
Diagnosis diagnose_command(const Failure& failure);

} // namespace deployctl::providers
