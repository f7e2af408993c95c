#include "cli/facts.hpp"

#include <algorithm>
#include <array>

#include "base/variables.hpp"
#include "cli/plan_subject.hpp"

namespace deployctl::cli {
namespace {

// The variable counts when `condition` has `wanted` as its value, or always when there is no condition.
struct CiVariable {
  std::string_view name;
  std::string_view condition;
  std::string_view wanted;
  std::string CiRefs::*meaning;
};

constexpr std::array<CiVariable, 5> ci_variables = {{
    {"GITHUB_HEAD_REF", "", "", &CiRefs::branch}, // of a pull request, where REF_NAME is "12/merge"
    {"GITHUB_REF_NAME", "GITHUB_REF_TYPE", "branch", &CiRefs::branch},
    {"GITHUB_REF_NAME", "GITHUB_REF_TYPE", "tag", &CiRefs::tag},
    {"CI_COMMIT_BRANCH", "", "", &CiRefs::branch},
    {"CI_COMMIT_TAG", "", "", &CiRefs::tag},
}};

config::GitFacts git_facts(const vcs::Head& head, const vcs::WorkTree& tree, const CiRefs& ci) {
  config::GitFacts git{.sha = head.sha,
                       .short_sha = head.short_sha,
                       .branch = head.branch,
                       .tag = head.version_tag,
                       .tags = head.tags,
                       .describe = head.describe,
                       .dirty = tree.dirty,
                       .shallow = head.shallow};
  if (head.branch.empty()) {
    git.branch = ci.branch;
    // A shallow checkout of CI has the commit but not its tag.
    if (!ci.tag.empty() && std::find(git.tags.begin(), git.tags.end(), ci.tag) == git.tags.end())
      git.tags.push_back(ci.tag);
  }
  if (git.tag.empty() && !git.tags.empty()) git.tag = git.tags.front();
  if (tree.dirty) git.describe += "-dirty." + tree.hash;
  return git;
}

config::GitFacts facts_of_revision(const Revision& revision, const vcs::Head& head) {
  constexpr std::size_t short_length = 7;
  return {.sha = revision.commit,
          .short_sha = revision.commit.substr(0, std::max(short_length, head.short_sha.size())),
          .branch = {},
          .tag = revision.tag,
          .tags = {revision.tag},
          .describe = revision.tag,
          .dirty = false,
          .shallow = head.shallow};
}

} // namespace

CiRefs ci_refs(const os::Environment& environment) {
  CiRefs refs;
  for (const CiVariable& row : ci_variables) {
    if (!row.condition.empty() && variable_or_empty(environment, row.condition) != row.wanted) continue;
    if ((refs.*row.meaning).empty()) refs.*row.meaning = variable_or_empty(environment, row.name);
  }
  return refs;
}

config::Facts facts_of_process(const Invocation& invocation) {
  config::Facts facts;
  facts.environment.insert(invocation.environment.begin(), invocation.environment.end());
  facts.set = invocation.options.set;
  facts.version = invocation.line.value("version");
  return facts;
}

Result<Surroundings> survey(const Invocation& invocation, const std::string& directory,
                            const std::string& run_id, const state::Release* live, const Revision* revision) {
  Surroundings found{.facts = facts_of_process(invocation), .repository = std::nullopt};
  found.facts.run_id = run_id;
  if (live) {
    found.facts.live_version = live->version;
    for (const state::ReleaseStep& step : live->steps) found.facts.live_outputs[step.id] = step.outputs;
  }
  DEPLOYCTL_TRY(std::optional<vcs::Repository> repository, vcs::Repository::discover(directory));
  if (!repository) return found;
  DEPLOYCTL_TRY(const vcs::Head head, repository->head());
  if (head.sha.empty()) return found; // no commit yet: nothing that could be named
  if (revision) {
    found.facts.git = facts_of_revision(*revision, head);
  } else {
    DEPLOYCTL_TRY(const vcs::WorkTree tree, repository->work_tree(counts_as_source));
    found.facts.git = git_facts(head, tree, ci_refs(invocation.environment));
  }
  found.repository = std::move(repository);
  return found;
}

} // namespace deployctl::cli
