// Whether signed approvals are enough: which count, which do not and why. Pure: what the signatures are worth
// was found out before, by who can run ssh-keygen.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/deployment_rules.hpp"
#include "policy/approval_statement.hpp"

namespace deployctl::policy {

// One approval with what its signature proves.
struct ExaminedApproval {
  ApprovalStatement statement;
  bool intact = false;                 // the signature is of these bytes and of our namespace
  std::string key;                     // its fingerprint, "SHA256:…"; known when intact
  std::vector<std::string> principals; // those of `by` whom the signers file gives this key now
  bool is_author = false;              // the key belongs to who made the plan or the commit
};

struct RefusedApproval {
  std::string who; // principals or the key's fingerprint
  std::string why;
};

struct ApprovalVerdict {
  bool granted = false;
  std::vector<std::string> by; // who counts: one principal a key
  std::vector<RefusedApproval> refused;
  std::string reason; // when not granted: "1 of 2 approvals by lead, ops"
};

// A quorum of distinct principals with distinct keys. The newest statement of a key is the one that it makes;
// a denial by somebody who may approve outweighs every approval.
ApprovalVerdict count_approvals(const config::ApprovalRule& rule, const ApprovalSubject& subject,
                                const std::vector<ExaminedApproval>& approvals, WallTime now);

} // namespace deployctl::policy
