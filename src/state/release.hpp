// A release record: what went live, complete enough to go back to without a rebuild. Immutable apart from
// quarantine.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/provider.hpp>
#include <deployctl/value.hpp>

namespace deployctl::state {

enum class ReleaseOutcome { good, failed, reverted, mixed };

std::string_view to_text(ReleaseOutcome outcome);
Result<ReleaseOutcome> release_outcome_from(std::string_view text);

struct ReleaseStep {
  std::string id;
  std::string action;
  Kind kind = Kind::resource;
  std::string instance; // provider instance
  std::string identity; // action and identity inputs as canonical text: which real thing this is
  Value inputs;         // as resolved; files by digest, secrets as references with versions
  Value outputs;
  std::vector<Host> hosts;
  std::vector<std::string> behind; // names of those that were left on another release
  std::vector<std::string> needs;
  std::string task_fingerprint; // tasks
  std::string irreversible;     // why; empty if reversible
  bool older_code_works = true; // with what an irreversible step did
};

// Who let it happen: of the whole plan, or of one step.
struct ReleaseApproval {
  std::string step; // empty: the plan
  std::string by;
  std::string how; // "prompt", "--yes", "signed"
};

struct Release {
  int format = 1;
  std::string id;          // ULID
  std::int64_t number = 0; // 1, 2, 3 … within the stack
  std::string version;     // "1.4.0"; what people call it
  std::string project;
  std::string environment;
  std::string commit; // 40 hex; empty outside a repository
  std::string tree;   // hash of the source tree (vcs::Repository::tree_hash)
  bool dirty = false;
  std::string created_at; // RFC 3339, UTC
  std::string created_by; // user@host
  std::string run;        // ULID
  std::string operation;  // "apply" | "rollback"
  std::string plan_digest;
  std::string pipeline_digest;
  ReleaseOutcome outcome = ReleaseOutcome::good;
  std::string tool;             // version that made it
  std::string rolled_back_to;   // rollback: id of the release whose inputs these are
  std::string promoted_from;    // "staging": whose artifacts these are; empty: made for this release
  std::string promoted_release; // id of the release there
  std::string no_from;          // why artifacts were not taken from where the pipeline said
  bool quarantined = false;     // may not be applied again until lifted
  std::string quarantine_reason;
  std::string freeze_override; // why it was made in a freeze; empty: it was not
  std::vector<ReleaseApproval> approvals;
  std::vector<ReleaseStep> steps;

  [[nodiscard]] std::string stack() const { return project + "/" + environment; }
  [[nodiscard]] const ReleaseStep* step(std::string_view id) const; // nullptr when it has none of this id
};

Value to_value(const Release& release);
Result<Release> release_from(const Value& value); // precise errors; newer formats refused

// SHA-256 digests of all files and trees in the steps' inputs, each once: what must be among the blobs to go
// back.
std::vector<std::string> blobs_of(const Release& release);

} // namespace deployctl::state
