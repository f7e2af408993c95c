// The plan: what one apply would do, as data that can be shown, saved, approved by its digest, and executed
// exactly. Content is a pure function of pipeline, records and observed world; the envelope says who made it
// and until when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/provider.hpp>

#include "config/deployment_rules.hpp"

namespace deployctl::plan {

enum class StepStatus {
  unchanged, // nothing to do; `outputs` is known
  change,    // at least one target changes
  run,       // a task, artifact or judged gate will run
  deferred,  // its identity depends on a step that has not run; planned at its turn
  gone,      // in the live release, not in the file: listed and left
};

struct PlannedTarget {
  Target target;
  Change change;           // action none: this target is as wanted
  std::string fingerprint; // SHA-256 over the managed observed fields; empty for tasks
  std::string unreachable; // why it could not be looked at; it is left out and stays behind
  Value facts;             // shown only; not part of the digest
};

struct PlannedStep {
  std::string id;
  std::string action;
  Kind kind = Kind::resource;
  std::string instance;
  StepStatus status = StepStatus::unchanged;
  std::string why; // "inputs changed: command", "needs image, which changes"
  std::vector<std::string> needs;
  Value inputs;  // defaults not filled in; Unknown and Secret leaves
  Value outputs; // when known now
  std::vector<PlannedTarget> targets;
  std::vector<std::vector<std::size_t>> waves; // indexes into targets, only those that change
  std::vector<Unknown> unknown;                // fields "known after"
  CrashClass crash_class = CrashClass::declarative;
  std::string task_fingerprint; // tasks: inputs, secret versions, sources
  std::string irreversible;     // why; empty if reversible
  bool older_code_works = true;
};

struct PlannedSecret {
  std::string name;
  std::string reference;
  std::string version; // the store's id or a keyed fingerprint; empty: known at apply
  std::string change;  // "same" | "rotated" | "new" | "removed" | "kept": gone back without it, since its
                       // store has no older value
};

// A rollback over a step that older code does not work with, because a person named it.
struct Crossing {
  std::string step;
  std::string why;
};

struct Commit {
  std::string sha;
  std::string author;
  std::string title;
};

// Whose signatures the plan needs before it is applied.
struct ApprovalNeeded {
  config::ApprovalRule rule;
  std::string signers_commit; // whose signers file says which keys count
  bool of_live = false;       // the live release's commit; false: the one deployed, before the first release
};

struct Content {
  int format = 1;
  std::string tool;      // version that made it
  std::string operation; // "apply" | "rollback" | "run"
  std::string project;
  std::string environment;
  bool is_protected = false;
  std::string version; // of the release; empty outside a repository without --version
  std::string commit;
  bool dirty = false;
  std::string pipeline_digest;
  std::string base_release;        // live release id, empty if none
  std::int64_t epoch = 0;          // of the stack's cell when planned
  std::string target_release;      // rollback: the release gone back to; empty when that is a tag
  std::vector<Crossing> crossings; // rollback: barriers that are crossed
  std::string promoted_from;       // the environment whose artifacts these are; empty: made for this one
  std::string promoted_release;    // its release
  std::vector<std::string> built;  // steps that were done just before, to know their outputs
  std::string no_from;             // why artifacts are not taken from where the pipeline says
  std::vector<PlannedStep> steps;  // topological, then file order
  std::vector<PlannedSecret> secrets;
  std::vector<Commit> commits; // between the live release and this one, newest first, at most 50
  int commits_total = 0;
  std::optional<ApprovalNeeded> approval; // none: whoever applies it answers
};

struct Envelope {
  std::string created_at; // RFC 3339, UTC
  std::string created_by; // user@host
  std::string author;     // their address as git knows it; empty: not configured
  std::string expires_at;
  std::string digest;   // SHA-256 of the content (see content_digest): what an approval is bound to
  std::string checksum; // SHA-256 of the whole file without this line: set by to_file, checked by from_file
};

struct Plan {
  Envelope envelope;
  Content content;

  [[nodiscard]] bool has_changes() const;
};

struct Counts {
  int create = 0;
  int update = 0;
  int replace = 0;
  int remove = 0;
  int run = 0;
  int unchanged = 0;
  int deferred = 0;
};

Counts count(const Content& content); // by step; the strongest action of its targets
Action strongest_action(const PlannedStep& step);
// Equal pipelines and worlds give equal digests: without facts, release ids and epoch.
std::string content_digest(const Content& content);

Value to_value(const Plan& plan);
Result<Plan> from_value(const Value& value); // precise errors; unknown formats refused
// Canonical text of a plan file, and back. Errors: Cause::config when it is no plan of a format that is known
// here, Cause::conflict when it is one that was changed after it was made (exit 7).
std::string to_file(const Plan& plan);
Result<Plan> from_file(std::string_view text);

} // namespace deployctl::plan
