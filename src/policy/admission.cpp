#include "policy/admission.hpp"

#include <fmt/core.h>

#include "base/glob.hpp"
#include "base/strings.hpp"

namespace deployctl::policy {

namespace {

// "branches main, release/* or tags v*"
std::string wanted(const config::Allow& allow) {
  std::vector<std::string> parts;
  if (!allow.branches.empty()) parts.push_back("branches " + join(allow.branches, ", "));
  if (!allow.tags.empty()) parts.push_back("tags " + join(allow.tags, ", "));
  return join(parts, " or ");
}

// "branch 'main' without a tag"
std::string found(const SourceFacts& source) {
  const std::string branch = source.branch.empty() ? "a detached HEAD" : "branch '" + source.branch + "'";
  return branch + (source.tags.empty() ? " without a tag" : " with tags " + join(source.tags, ", "));
}

} // namespace

Status admitted(const config::Allow& allow, const SourceFacts& source, std::string_view environment) {
  const bool clean = allow.clean.value_or(false);
  const bool named = !allow.branches.empty() || !allow.tags.empty();
  if (source.commit.empty() && (clean || named))
    return fail(Cause::policy, fmt::format("'{}' may be deployed to from a git repository only", environment),
                "its 'allow' speaks of branches, tags or a clean work tree");
  if (clean && source.dirty)
    return fail(Cause::policy, fmt::format("'{}' allows a clean work tree only", environment),
                "commit or stash your changes");
  if (!named || any_glob_matches(allow.branches, {source.branch}) ||
      any_glob_matches(allow.tags, source.tags))
    return {};
  return fail(
      Cause::policy,
      fmt::format("'{}' may be deployed to from {}, this is {}", environment, wanted(allow), found(source)),
      "check out what its 'allow' names");
}

} // namespace deployctl::policy
