#include <array>

#include "cli/commands/run.hpp"
#include "cli/completer.hpp"
#include "cli/named_run.hpp"
#include "cli/records.hpp"
#include "config/explain.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<std::string_view, 3> directive_names = {"none", "files", "directories"};

// The line being typed may say which pipeline it means.
std::string pipeline_on_line(const std::vector<std::string>& words) {
  std::string directory;
  std::string file = "deploy.yaml";
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == "-C" || words[i] == "--directory") directory = words[i + 1] + "/";
    if (words[i] == "-f" || words[i] == "--file") file = words[i + 1];
  }
  return file.starts_with("/") ? file : directory + file;
}

std::vector<Candidate> named(const std::vector<std::string>& names) {
  std::vector<Candidate> out;
  out.reserve(names.size());
  for (const std::string& name : names) out.push_back({name, ""});
  return out;
}

std::vector<Candidate> steps_of(const Project& project) {
  std::vector<Candidate> out;
  const yaml::Node* steps = project.document.root.find("steps");
  if (!steps) return out;
  for (const yaml::Entry& entry : steps->entries) {
    const yaml::Node* uses = entry.value.find("uses");
    out.push_back({entry.key, uses ? uses->text : std::string()});
  }
  return out;
}

std::vector<Candidate> releases_of(Invocation& invocation, const Project& project,
                                   const std::string& environment) {
  std::vector<Candidate> out;
  const Result<std::optional<Records>> records = find_records(invocation, project);
  const std::vector<std::string> names = project.environments();
  const std::string& name = names.size() == 1 ? names.front() : environment;
  if (!records || !*records) return out;
  const auto lines = (*records)->history.releases(project.stack(name), 50);
  if (!lines) return out;
  for (const state::ReleaseLine& line : *lines)
    out.push_back({line.version.empty() ? std::to_string(line.number) : line.version,
                   "release " + std::to_string(line.number) + ", " + line.created_at});
  return out;
}

std::vector<Candidate> runs_of(Invocation& invocation, const Project& project) {
  std::vector<Candidate> out;
  const Result<std::optional<Records>> records = find_records(invocation, project);
  if (!records || !*records) return out;
  const auto pending = pending_runs(**records, project);
  if (!pending) return out;
  for (const NamedRun& run : *pending) out.push_back({run.run, run.environment});
  return out;
}

// Newest first, of all environments; the history knows them without reading a journal.
std::vector<Candidate> recorded_runs_of(Invocation& invocation, const Project& project) {
  std::vector<Candidate> out = {{"last", "the newest run"}};
  const Result<std::optional<Records>> records = find_records(invocation, project);
  if (!records || !*records) return out;
  for (const std::string& environment : project.environments()) {
    const auto runs = (*records)->history.runs(project.stack(environment), 20);
    if (!runs) continue;
    for (const state::RunRecord& run : *runs)
      out.push_back({run.id, run.operation + " of " + environment + ", " +
                                 (run.outcome.empty() ? "not ended" : run.outcome) + ", " + run.started_at});
  }
  return out;
}

} // namespace

Result<ExitCode> run_complete(Invocation& invocation) {
  Options options = invocation.options;
  options.file = pipeline_on_line(invocation.line.arguments);
  RedactionSet nothing;
  ui::StringWriter silence;
  Console silent(silence, silence, nothing);
  Invocation quiet{.line = invocation.line,
                   .options = options,
                   .environment = invocation.environment,
                   .terminal = invocation.terminal,
                   .console = silent,
                   .events = invocation.events,
                   .redactions = nothing,
                   .machine = invocation.machine,
                   .clock = invocation.clock,
                   .random = invocation.random};
  const Result<Project> project = open_project(quiet);
  const auto ask = [&](auto answer) { return project ? answer(*project) : std::vector<Candidate>{}; };
  const ProjectNames names{
      .environments = [&] { return ask([](const Project& known) { return named(known.environments()); }); },
      .steps = [&] { return ask(steps_of); },
      .releases =
          [&](const std::string& environment) {
            return ask([&](const Project& known) { return releases_of(quiet, known, environment); });
          },
      .actions = [&] { return named(config::explain_subjects(invocation.machine.catalog({}))); },
      .runs = [&] { return ask([&](const Project& known) { return runs_of(quiet, known); }); },
      .recorded_runs =
          [&] { return ask([&](const Project& known) { return recorded_runs_of(quiet, known); }); }};
  const Completion found = complete(invocation.line.arguments, names);
  std::string text;
  for (const Candidate& candidate : found.candidates)
    text.append(candidate.value)
        .append(candidate.description.empty() ? "" : "\t" + candidate.description)
        .append("\n");
  text.append(":").append(directive_names.at(static_cast<std::size_t>(found.directive))).append("\n");
  invocation.console.answer(text, Value::Map{});
  return ExitCode::done;
}

} // namespace deployctl::cli
