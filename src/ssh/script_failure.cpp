#include "ssh/script_failure.hpp"

#include <array>

#include <fmt/core.h>

#include "base/sanitize.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::size_t evidence_lines = 20;
constexpr std::string_view mark = "deployctl: ";

struct StatusMeaning {
  int status;
  Cause cause;
};
constexpr std::array<StatusMeaning, 5> status_meanings = {{
    {71, Cause::config},
    {72, Cause::conflict},
    {73, Cause::capacity},
    {74, Cause::not_found},
    {75, Cause::command_failed},
}};

struct SystemWords {
  std::string_view words;
  Cause cause;
  std::string_view help = {};
};
constexpr std::string_view sudo_help =
    "sudo asks nobody here: allow the command without a password (NOPASSWD) in sudoers there";
constexpr std::string_view no_sudo_help = "install sudo there, or log in as a user who needs none";
constexpr std::array<SystemWords, 11> system_words = {{
    {"sudo: a password is required", Cause::permission, sudo_help},
    {"sudo: a terminal is required", Cause::permission, sudo_help},
    {"you must have a tty to run sudo", Cause::permission,
     "commands have no terminal: take requiretty out of sudoers there"},
    {"is not in the sudoers file", Cause::permission},
    {"sudo: not found", Cause::permission, no_sudo_help},
    {"sudo: command not found", Cause::permission, no_sudo_help},
    {"No space left on device", Cause::capacity},
    {"Disk quota exceeded", Cause::quota},
    {"Permission denied", Cause::permission},
    {"Operation not permitted", Cause::permission},
    {"Read-only file system", Cause::permission},
}};

struct Meaning {
  Cause cause = Cause::command_failed;
  std::string_view help = {};
};

const SystemWords* known_words(std::string_view said) {
  for (const SystemWords& known : system_words)
    if (said.find(known.words) != std::string_view::npos) return &known;
  return nullptr;
}

Meaning meaning_of(const HostResult& result) {
  for (const StatusMeaning& meaning : status_meanings)
    if (result.exit_code == meaning.status && result.err.find(mark) != std::string::npos)
      return {.cause = meaning.cause};
  const SystemWords* known = known_words(result.err);
  return known ? Meaning{known->cause, known->help} : Meaning{};
}

std::string reason_of(const HostResult& result, const std::vector<std::string>& lines) {
  for (const std::string& line : lines)
    if (line.starts_with(mark)) return line.substr(mark.size());
  return lines.empty() ? fmt::format("exit status {}", result.exit_code) : lines.back();
}

} // namespace

std::optional<Cause> cause_of_words(std::string_view said) {
  const SystemWords* known = known_words(said);
  return known ? std::optional(known->cause) : std::nullopt;
}

Error script_failure(std::string_view what, const HostResult& result) {
  std::vector<std::string> lines = last_lines(result.err.empty() ? result.out : result.err, evidence_lines);
  const Meaning meaning = meaning_of(result);
  std::string message = fmt::format("{}: {}", what, reason_of(result, lines));
  return {.cause = meaning.cause,
          .message = std::move(message),
          .help = std::string(meaning.help),
          .evidence = std::move(lines)};
}

} // namespace deployctl::ssh
