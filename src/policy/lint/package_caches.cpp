#include "policy/lint/package_caches.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t npos = std::string_view::npos;

// A command that fills a cache, by the names its program has; what in the same instruction, or in the stage's
// variables, keeps it empty; and what to write instead.
struct CacheRule {
  std::array<std::string_view, 2> programs;
  std::string_view verb;
  std::array<std::string_view, 3> cures;
  std::string_view variable;
  std::string_view help;
};

constexpr std::array rules_of_caches = {
    CacheRule{{"apt-get", "apt"},
              "install",
              {"/var/lib/apt/lists", "target=/var/lib/apt", "target=/var/cache/apt"},
              "",
              "end the RUN with '&& rm -rf /var/lib/apt/lists/*'"},
    CacheRule{{"apk"},
              "add",
              {"--no-cache", "/var/cache/apk", "target=/etc/apk/cache"},
              "",
              "write 'apk add --no-cache'"},
    CacheRule{{"pip", "pip3"},
              "install",
              {"--no-cache-dir", "target=/root/.cache", "/.cache/pip"},
              "PIP_NO_CACHE_DIR",
              "add --no-cache-dir, or mount a cache"},
    CacheRule{{"yum"},
              "install",
              {"yum clean all", "/var/cache/yum", "/var/cache/dnf"},
              "",
              "end the RUN with '&& yum clean all'"},
    CacheRule{{"dnf"},
              "install",
              {"dnf clean all", "/var/cache/dnf", "/var/cache/yum"},
              "",
              "end the RUN with '&& dnf clean all'"},
    CacheRule{{"zypper"},
              "install",
              {"zypper clean", "zypper cc", "/var/cache/zypp"},
              "",
              "end the RUN with '&& zypper clean'"},
    CacheRule{{"zypper"},
              "in",
              {"zypper clean", "zypper cc", "/var/cache/zypp"},
              "",
              "end the RUN with '&& zypper clean'"},
    CacheRule{{"yarn"},
              "install",
              {"yarn cache clean", "--cache-folder", "/.cache/yarn"},
              "",
              "end the RUN with '&& yarn cache clean', or mount a cache"},
};

// "apt-get -y install" and "apt-get install" are one command: flags between its words do not count.
bool runs(std::string_view text, std::string_view program, std::string_view verb) {
  for (std::size_t at = text.find(program); at != npos; at = text.find(program, at + 1)) {
    const bool joined_left =
        at > 0 && (is_letter_or_digit(text[at - 1]) || text[at - 1] == '-' || text[at - 1] == '_');
    std::size_t word = at + program.size();
    if (joined_left || word >= text.size() || text[word] != ' ') continue;
    for (;;) {
      word = text.find_first_not_of(' ', word);
      if (word == npos) break;
      const std::size_t end = std::min(text.find_first_of(" ;&|\n", word), text.size());
      if (text.substr(word, end - word) == verb) return true;
      if (text[word] != '-') break;
      word = end;
    }
  }
  return false;
}

// The program of the rule that the command runs; empty: none.
std::string_view program_in(std::string_view command, const CacheRule& rule) {
  const auto found = std::find_if(rule.programs.begin(), rule.programs.end(), [&](std::string_view program) {
    return !program.empty() && runs(command, program, rule.verb);
  });
  return found == rule.programs.end() ? std::string_view() : *found;
}

bool stage_sets(const formats::Dockerfile& file, std::size_t instruction, std::string_view variable) {
  if (variable.empty()) return false;
  return std::any_of(
      file.instructions.begin(), file.instructions.begin() + static_cast<std::ptrdiff_t>(instruction),
      [&](const formats::DockerInstruction& each) {
        return (each.keyword == "ENV" || each.keyword == "ARG") && each.arguments.find(variable) != npos;
      });
}

// In a stage that nothing is shipped of but what is copied, caches cost nothing.
bool is_shipped(const formats::Dockerfile& file, std::size_t instruction) {
  std::size_t stage = file.stages.size() - 1;
  for (std::size_t i = 0; i <= file.stages.size(); ++i) { // bounded: each stage is made from an earlier one
    const formats::DockerStage& at = file.stages[stage];
    if (instruction >= at.from && instruction < at.end) return true;
    const auto parent = at.base ? file.stage_named(*at.base, stage) : std::nullopt;
    if (!parent) return false;
    stage = *parent;
  }
  return false;
}

} // namespace

void check_package_caches(const formats::Dockerfile& file, std::string_view text, Findings& findings) {
  for (std::size_t i = 0; i < file.instructions.size() && !file.stages.empty(); ++i) {
    const formats::DockerInstruction& instruction = file.instructions[i];
    if (instruction.keyword != "RUN" || !is_shipped(file, i)) continue;
    std::string command = instruction.arguments;
    for (const formats::DockerHeredoc& heredoc : instruction.heredocs)
      command += text.substr(heredoc.begin, heredoc.end - heredoc.begin);
    for (const formats::DockerWord& flag : instruction.flags) command += " " + flag.text;
    for (const CacheRule& rule : rules_of_caches) {
      const std::string_view program = program_in(command, rule);
      if (program.empty()) continue;
      const bool cured = std::any_of(rule.cures.begin(), rule.cures.end(),
                                     [&](std::string_view cure) { return command.find(cure) != npos; });
      if (cured || stage_sets(file, i, rule.variable)) continue;
      findings.add(code::package_cache, {instruction.begin, instruction.begin + 3},
                   fmt::format("'{} {}' leaves its downloads in the image", program, rule.verb),
                   std::string(rule.help));
      break;
    }
  }
}

} // namespace deployctl::policy::lint
