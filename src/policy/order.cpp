#include "policy/order.hpp"

#include <fmt/core.h>

namespace deployctl::policy {

namespace {

std::string brief(const std::string& commit) {
  return commit.substr(0, 12);
}

// A commit made after a release cannot be an ancestor of what that release was made from.
bool made_after(const OrderFacts& facts) {
  return facts.committed_at && facts.live_since && *facts.committed_at > *facts.live_since;
}

Result<std::string> untold(const OrderFacts& facts) {
  if (made_after(facts))
    return fmt::format("commit {} of {} is not in this clone; commit {} was made after it went live",
                       brief(facts.live_commit), facts.live_release, brief(facts.commit));
  const std::string help =
      facts.shallow
          ? fmt::format("this clone is shallow: run 'git fetch --unshallow', or in CI check out with "
                        "the whole history")
          : fmt::format("run 'git fetch', or 'git fetch origin {}'", facts.live_commit);
  return fail(
      Cause::superseded,
      fmt::format("whether commit {} is newer than what is live cannot be told: commit {} of {} is not "
                  "in this clone",
                  brief(facts.commit), brief(facts.live_commit), facts.live_release),
      help);
}

} // namespace

Result<std::string> follows(const OrderFacts& facts) {
  switch (facts.relation) {
  case Relation::same:
  case Relation::newer:
    return std::string();
  case Relation::diverged:
    return fmt::format("commit {} is not a descendant of commit {}, which {} was made from",
                       brief(facts.commit), brief(facts.live_commit), facts.live_release);
  case Relation::missing:
    return untold(facts);
  case Relation::older:
    break;
  }
  return fail(Cause::superseded,
              fmt::format("commit {} is older than what is live: {} was made from its descendant {}",
                          brief(facts.commit), facts.live_release, brief(facts.live_commit)),
              "to go back use 'deployctl rollback'; to go on check out the newer commit");
}

} // namespace deployctl::policy
