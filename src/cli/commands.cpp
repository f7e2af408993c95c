#include "cli/commands.hpp"

#include <algorithm>

#include "cli/command_rows.hpp"

namespace deployctl::cli {
namespace {

std::vector<Command> everything() {
  std::vector<Command> all;
  for (auto* part : {first_steps, changing, looking, telling, locking, recovering, documentation})
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
    if (!command.hidden) names.emplace_back(command.name);
  return names;
}

} // namespace deployctl::cli
