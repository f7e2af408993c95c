#include <array>

#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "cli/release_diff.hpp"
#include "ui/value_text.hpp"
#include "vcs/repository.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<std::string_view, 3> kind_names = {"added", "removed", "changed"};

std::string_view name_of(StepDiff::Kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

// None when the clone does not have both commits.
vcs::CommitRange commits_of(const Project& project, const state::Release& older,
                            const state::Release& newer) {
  constexpr int shown = 50;
  if (older.commit.empty() || newer.commit.empty()) return {};
  const auto repository = vcs::Repository::discover(project.directory);
  if (!repository || !*repository) return {};
  return (*repository)->commits_between(older.commit, newer.commit, shown).value_or(vcs::CommitRange{});
}

// Of the whole source; empty outside a repository or when it is the same.
std::string sources_line(const state::Release& older, const state::Release& newer) {
  constexpr std::size_t shown = 12;
  if (older.tree == newer.tree) return {};
  const auto name = [](const state::Release& release) {
    return release.tree.empty() ? std::string("unknown") : release.tree.substr(0, shown);
  };
  return "  sources  " + name(older) + " -> " + name(newer) + "\n";
}

std::string diff_text(const std::vector<StepDiff>& diffs, const vcs::CommitRange& commits,
                      const ui::Style& style) {
  std::string out;
  for (const StepDiff& diff : diffs) {
    out.append("  " + diff.id + " (" + diff.action + "): ").append(name_of(diff.kind)).append("\n");
    for (const FieldChange& field : diff.fields)
      out.append("      " + field.path + "  " + ui::change_text(field, style, style.width - 16) + "\n");
  }
  if (diffs.empty()) out.append("  the steps are the same\n");
  for (const vcs::CommitLine& commit : commits.commits)
    out.append(ui::elide("  " + commit.sha.substr(0, 10) + "  " + ui::one_line(commit.title), style.width))
        .append("\n");
  return out;
}

Value diff_value(const std::vector<StepDiff>& diffs, const vcs::CommitRange& commits) {
  Value::List steps;
  for (const StepDiff& diff : diffs) {
    Value::List fields;
    for (const FieldChange& field : diff.fields)
      fields.push_back(Value::Map{{"path", field.path}, {"before", field.before}, {"after", field.after}});
    steps.push_back(Value::Map{{"id", diff.id},
                               {"action", diff.action},
                               {"kind", name_of(diff.kind)},
                               {"fields", std::move(fields)}});
  }
  Value::List commit_values;
  for (const vcs::CommitLine& commit : commits.commits)
    commit_values.push_back(
        Value::Map{{"sha", commit.sha}, {"author", commit.author}, {"title", commit.title}});
  return Value::Map{
      {"steps", std::move(steps)}, {"commits", std::move(commit_values)}, {"commits_total", commits.total}};
}

} // namespace

Result<ExitCode> run_diff(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::string environment, chosen_environment(invocation, project));
  const std::string stack = project.stack(environment);
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (!records) return fail(Cause::not_found, "nothing was released to '" + stack + "' from here yet");
  DEPLOYCTL_TRY(const state::Release older, named_release(*records, stack, invocation.line.argument(0)));
  DEPLOYCTL_TRY(const state::Release newer, named_release(*records, stack, invocation.line.argument(1)));
  const std::vector<StepDiff> diffs = diff_releases(invocation.machine.catalog({}), older, newer);
  const vcs::CommitRange commits = commits_of(project, older, newer);
  const std::string title = stack + ": " + release_title(older) + " -> " + release_title(newer) + "\n";
  Value document = diff_value(diffs, commits);
  document["older"] = older.id;
  document["newer"] = newer.id;
  document["sources"] = Value::Map{{"before", older.tree}, {"after", newer.tree}};
  const ui::Style& style = invocation.console.out_style();
  invocation.console.answer(title + sources_line(older, newer) + diff_text(diffs, commits, style), document);
  return ExitCode::done;
}

} // namespace deployctl::cli
