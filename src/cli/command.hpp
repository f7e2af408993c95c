// What a command is, as data: from one row come parsing, help, completion, similar names and the reference. A
// row says nothing about how a command works; that is its `run`.
#pragma once

#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "cli/exit_codes.hpp"

namespace deployctl::cli {

struct Invocation;

// What may be typed in one place, for completion.
enum class Candidates {
  none,
  files,
  directories,
  environments,
  environments_or_files,
  steps,
  releases,
  runs,
  actions,
  topics
};

// What a flag's value must look like.
enum class ValueKind { text, duration, count, choice };

// Whether this version has it. `later` rows are known, so that they are refused by name, and shown nowhere.
enum class Since { now, later };

struct Flag {
  std::string_view name;  // without dashes
  char letter = 0;        // 0: has none
  std::string_view value; // "FILE"; empty: a switch
  std::string_view help;
  ValueKind kind = ValueKind::text;
  std::vector<std::string_view> choices; // for ValueKind::choice
  Candidates candidates = Candidates::none;
  bool repeats = false;
  Since since = Since::now;
};

struct Argument {
  std::string_view name; // "ENV"
  std::string_view help;
  Candidates candidates = Candidates::none;
  bool required = true;
  bool repeats = false; // the last one only
};

struct Example {
  std::string_view words; // behind "deployctl "
  std::string_view meaning;
};

struct Command {
  std::string_view name; // "apply", "lock list"
  std::string_view summary;
  std::vector<Example> examples;
  std::vector<Argument> arguments;
  std::vector<Flag> flags;
  Result<ExitCode> (*run)(Invocation&) = nullptr;
  bool hidden = false;
  bool takes_pipeline = false; // the first argument is another way to write -f
};

} // namespace deployctl::cli
