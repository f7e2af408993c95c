// What somebody signs who approves, or denies, a plan or one step of a run: a value, and the exact bytes that
// `ssh-keygen -Y sign -n deployctl-approval` is given. Who signed is not in it: the key says that.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/value.hpp>

#include <deployctl/result.hpp>

namespace deployctl::policy {

inline constexpr std::string_view approval_namespace = "deployctl-approval";

enum class Decision { approve, deny };

// What is decided about. A statement speaks of exactly one.
struct ApprovalSubject {
  std::string project;
  std::string environment;
  std::string digest;     // of the plan's content
  std::string planned_by; // who made the plan, as its envelope says
  std::string run;        // of a step: the run that waits; else empty
  std::string step;

  friend bool operator==(const ApprovalSubject&, const ApprovalSubject&) = default;
};

struct ApprovalStatement {
  ApprovalSubject subject;
  Decision decision = Decision::approve;
  std::string signed_at;  // RFC 3339, UTC
  std::string expires_at; // RFC 3339, UTC

  friend bool operator==(const ApprovalStatement&, const ApprovalStatement&) = default;
};

Value to_value(const ApprovalStatement& statement);
// Every member must be there as text, times must be times, nothing else may be there. Cause::config.
Result<ApprovalStatement> statement_from(const Value& value);
// Canonical JSON and a line feed.
std::string message_of(const ApprovalStatement& statement);

} // namespace deployctl::policy
