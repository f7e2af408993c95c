#include "config/presence.hpp"

#include <algorithm>

#include "base/glob.hpp"
#include "base/strings.hpp"

namespace deployctl::config {

namespace {

std::string in_brackets(std::string_view key, const std::vector<std::string>& names) {
  return std::string(key) + ": [" + join(names, ", ") + "]";
}

// A tag that CI names need not be among those that libgit2 found.
std::vector<std::string> tags_of(const GitFacts& git) {
  auto tags = git.tags;
  tags.push_back(git.tag);
  return tags;
}

} // namespace

std::string decide_presence(const PresenceRule& rule, const Facts& facts, bool at_commit) {
  const auto& listed = rule.listed;
  if (rule.is_listed && std::find(listed.begin(), listed.end(), rule.environment) == listed.end())
    return in_brackets("environments", listed);
  if (!at_commit || (rule.branches.empty() && rule.tags.empty())) return {};
  const bool on_branch = facts.git && any_glob_matches(rule.branches, {facts.git->branch});
  const bool on_tag = facts.git && any_glob_matches(rule.tags, tags_of(*facts.git));
  if (on_branch || on_tag) return {};
  std::vector<std::string> rules;
  if (!rule.branches.empty()) rules.push_back(in_brackets("branches", rule.branches));
  if (!rule.tags.empty()) rules.push_back(in_brackets("tags", rule.tags));
  return "when: { " + join(rules, ", ") + " }";
}

} // namespace deployctl::config
