// Signed statements as a file: `PLANFILE.approvals`, and the approvals that the state keeps of a run. The
// text may come from anyone; that it can be read says nothing about whose it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/approval_statement.hpp"

namespace deployctl::policy {

struct SignedStatement {
  ApprovalStatement statement;
  std::string signature; // armoured, as ssh-keygen -Y sign writes it

  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

// Cause::config for what is not such a file; at most 1 MiB and 256 approvals. Empty text: no approvals.
Result<std::vector<SignedStatement>> read_approvals(std::string_view text);
std::string write_approvals(const std::vector<SignedStatement>& approvals);

} // namespace deployctl::policy
