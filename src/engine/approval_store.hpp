// Signed approvals that a stack's state keeps, by the digest of the plan they are of. They prove themselves:
// what is kept here is no more trusted than a file that came by mail.
#pragma once

#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>

#include "policy/approvals_file.hpp"

namespace deployctl::engine {

// `directory` is the stack's. None kept: an empty list.
Result<std::vector<policy::SignedStatement>> kept_approvals(const std::string& directory,
                                                            const std::string& digest);
// Durable when it returns; safe beside others who add to the same plan's.
Status keep_approval(const std::string& directory, const Clock& clock,
                     const policy::SignedStatement& approval);

// Adds to a file of approvals beside a plan.
Status add_approval(const std::string& file, const policy::SignedStatement& approval);
// Text of that file; empty when there is none.
Result<std::string> approvals_text(const std::string& file);

} // namespace deployctl::engine
