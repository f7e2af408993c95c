// What people decided about a stack outside of runs (locked, unlocked, quarantined): one JSON document a
// line.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::state {

struct AuditEntry {
  std::string time; // RFC 3339, UTC
  std::string user;
  std::string what; // "lock" | "unlock" | "quarantine" | "unquarantine" | "approval_refused"
  std::string reason;
  Value subject; // the holder or the release it was about
};

Status append_audit(const std::string& directory, const AuditEntry& entry); // durable when it returns
Result<std::vector<AuditEntry>> read_audit(const std::string& directory);   // oldest first

} // namespace deployctl::state
