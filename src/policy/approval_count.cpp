#include "policy/approval_count.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/strings.hpp"

namespace deployctl::policy {

namespace {

constexpr std::chrono::minutes clocks_may_differ_by{5};

std::string who_signed(const ExaminedApproval& approval) {
  if (!approval.principals.empty()) return join(approval.principals, ", ");
  return approval.intact ? approval.key : std::string("unknown");
}

// What of the subject is another one; empty: nothing.
std::string foreign(const ApprovalSubject& signed_for, const ApprovalSubject& subject) {
  if (signed_for.project != subject.project || signed_for.environment != subject.environment)
    return fmt::format("it is for '{}/{}', not for '{}/{}'", signed_for.project, signed_for.environment,
                       subject.project, subject.environment);
  if (signed_for.digest != subject.digest)
    return fmt::format("it is of another plan: digest {}, this one has {}", signed_for.digest.substr(0, 12),
                       subject.digest.substr(0, 12));
  if (signed_for.planned_by != subject.planned_by)
    return fmt::format("it is of a plan made by '{}', this one was made by '{}'", signed_for.planned_by,
                       subject.planned_by);
  if (signed_for.run != subject.run || signed_for.step != subject.step)
    return signed_for.step.empty()
               ? "it is of the whole plan, not of this step"
               : fmt::format("it is of step '{}' of run '{}'", signed_for.step, signed_for.run);
  return {};
}

// Why the signature is worth nothing; empty: it is what it says it is.
std::string unproven(const config::ApprovalRule& rule, const ExaminedApproval& approval) {
  if (!approval.intact) return "it was altered after it was signed";
  if (approval.principals.empty())
    return fmt::format("its key {} is not, or no longer, one of {} in '{}'", approval.key,
                       join(rule.by, ", "), rule.signers);
  return {};
}

// Why an approval does not count at this time; empty: it does.
std::string untimely(const config::ApprovalRule& rule, const ApprovalStatement& statement, WallTime now) {
  const auto signed_at = parse_time(statement.signed_at);
  const auto expires_at = parse_time(statement.expires_at);
  if (!signed_at || !expires_at) return "its times cannot be read";
  if (*signed_at > now + clocks_may_differ_by)
    return "it was signed in the future, at " + statement.signed_at;
  if (now >= *expires_at) return "it expired at " + statement.expires_at;
  if (now >= *signed_at + rule.expires)
    return fmt::format("it expired: it was signed at {}, approvals count for {}", statement.signed_at,
                       format_duration(rule.expires));
  return {};
}

// Kuhn's augmenting paths: as many keys as possible, each with a principal of its own.
class Seats {
public:
  explicit Seats(const std::vector<const ExaminedApproval*>& approvals) : approvals_(approvals) {
    for (std::size_t i = 0; i < approvals_.size(); ++i) {
      std::set<std::string> tried;
      seat(i, tried);
    }
  }

  [[nodiscard]] std::vector<std::string> taken() const {
    std::vector<std::string> principals;
    for (const auto& [principal, approval] : taken_) principals.push_back(principal);
    return principals;
  }

private:
  bool seat(std::size_t approval, std::set<std::string>& tried) {
    for (const std::string& principal : approvals_[approval]->principals) {
      if (!tried.insert(principal).second) continue;
      const auto holder = taken_.find(principal);
      if (holder != taken_.end() && !seat(holder->second, tried)) continue;
      taken_[principal] = approval;
      return true;
    }
    return false;
  }

  const std::vector<const ExaminedApproval*>& approvals_;
  std::map<std::string, std::size_t> taken_; // principal -> approval
};

// Approvals of this subject with a proven signature: the newest of each key.
std::map<std::string, const ExaminedApproval*> newest_by_key(const config::ApprovalRule& rule,
                                                             const ApprovalSubject& subject,
                                                             const std::vector<ExaminedApproval>& approvals,
                                                             ApprovalVerdict& verdict) {
  std::map<std::string, const ExaminedApproval*> newest;
  for (const ExaminedApproval& approval : approvals) {
    std::string why = foreign(approval.statement.subject, subject);
    if (why.empty()) why = unproven(rule, approval);
    if (!why.empty()) {
      verdict.refused.push_back({who_signed(approval), std::move(why)});
      continue;
    }
    const ExaminedApproval*& kept = newest[approval.key];
    if (!kept || *parse_time(kept->statement.signed_at) <= *parse_time(approval.statement.signed_at))
      kept = &approval;
  }
  return newest;
}

} // namespace

ApprovalVerdict count_approvals(const config::ApprovalRule& rule, const ApprovalSubject& subject,
                                const std::vector<ExaminedApproval>& approvals, WallTime now) {
  ApprovalVerdict verdict;
  std::vector<const ExaminedApproval*> counted;
  std::string denied_by;
  for (const auto& [key, approval] : newest_by_key(rule, subject, approvals, verdict)) {
    if (approval->statement.decision == Decision::deny) {
      denied_by = who_signed(*approval);
      continue;
    }
    std::string why = untimely(rule, approval->statement, now);
    if (why.empty() && approval->is_author && !rule.self_counts)
      why = "whoever made the plan or the commit does not approve it (self: deny)";
    if (why.empty())
      counted.push_back(approval);
    else
      verdict.refused.push_back({who_signed(*approval), std::move(why)});
  }
  verdict.by = Seats(counted).taken();
  verdict.granted = denied_by.empty() && verdict.by.size() >= static_cast<std::size_t>(rule.quorum);
  if (!denied_by.empty()) verdict.reason = fmt::format("{} denied it", denied_by);
  if (verdict.reason.empty() && !verdict.granted)
    verdict.reason =
        fmt::format("{} of {} signed approvals by {}", verdict.by.size(), rule.quorum, join(rule.by, ", "));
  return verdict;
}

} // namespace deployctl::policy
