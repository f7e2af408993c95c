// What may stand at the end of an unfinished command line: from the table of commands, the pipeline file and
// the local records. Offline, without side effects, and silent: what cannot be read gives no candidates.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace deployctl::cli {

struct Candidate {
  std::string value;
  std::string description; // may be empty
};

// What the shell should add of its own.
enum class Directive { none, files, directories };

struct Completion {
  std::vector<Candidate> candidates; // all that may stand here and begin with the last word
  Directive directive = Directive::none;
};

// Names that only the project knows; `environment` is the one on the line, or empty.
struct ProjectNames {
  std::function<std::vector<Candidate>()> environments;
  std::function<std::vector<Candidate>()> steps;
  std::function<std::vector<Candidate>(const std::string& environment)> releases;
  std::function<std::vector<Candidate>()> actions;
  std::function<std::vector<Candidate>()> runs; // that are not over
  std::function<std::vector<Candidate>()> recorded_runs;
};

// `words` behind the program's name; the last one is being typed and may be empty.
Completion complete(std::span<const std::string> words, const ProjectNames& names);

} // namespace deployctl::cli
