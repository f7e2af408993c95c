// The pipeline as the rest of the program sees it: one environment, validated, interpolated as far as facts
// allow, every step's inputs in the shape of its field table. Made by config/load.hpp; nothing here knows
// YAML.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/host.hpp>
#include <deployctl/provider.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

#include "config/deployment_rules.hpp"

namespace deployctl::config {

// What the engine does about the steps before a failed one.
enum class OnFailure { rollback, stop };

struct RetryRule {
  int attempts = 1;
  Milliseconds delay{1'000};
  Milliseconds max_delay{60'000};
  std::vector<Cause> on; // empty: every retryable error
};

struct Irreversible {
  std::string why;
  bool older_code_works = true;
};

// When a gate's samples make a verdict; what is not written is the action's own.
struct GateRule {
  enum class Otherwise { wait, fail };
  Milliseconds lasts{0};                // it must go on passing for this long
  std::optional<Milliseconds> interval; // between two samples
  int min_samples = 1;                  // with data, before it may pass or fail
  std::optional<int> consecutive;       // passing samples in a row
  Otherwise no_data = Otherwise::wait;
  Otherwise on_error = Otherwise::fail;
  Milliseconds hold{0}; // before the first sample

  friend bool operator==(const GateRule&, const GateRule&) = default;
};

// A gate as used: a named entry under `gates:` laid over its environment, or a gate action used as a step.
struct GateUse {
  std::string name;
  std::string action;
  std::string instance;
  Value inputs;
  GateRule rule;
  Span span;
};

struct Step {
  std::string id;     // "image" or, of a for_each, "image.api"
  std::string action; // "host.release"; empty for a step that only judges gates
  Kind kind = Kind::resource;
  std::string instance;    // "aws.production"; the provider's own name when not written
  Value inputs;            // validated; Unknown and Secret leaves where they belong; defaults not filled in
  std::vector<Host> hosts; // resolved from `hosts`, for actions on hosts
  std::vector<std::string> needs; // ids of present steps: from `needs`, references, and through absent steps
  std::vector<std::string> sources; // globs; empty: the whole repository
  Strategy strategy;
  std::vector<GateUse> gates;
  GateRule gate_rule;                  // of a gate used as a step
  std::optional<Milliseconds> timeout; // of one target's attempt; none: the action's default
  RetryRule retry;
  std::optional<ApprovalRule> approval; // asked for at its turn, before its first effect
  std::optional<OnFailure> on_failure;
  std::optional<Irreversible> irreversible;
  std::optional<Value> undo; // task: inputs of the same action that take it back
  bool always = false;
  std::vector<std::string> results;        // in `finally`: when.result; empty: always
  Span span;                               // the step's key
  std::map<std::string, Span> input_spans; // by path below `with`
};

struct NoticeUse {
  std::string action;
  std::string instance;
  Value inputs;
  std::vector<std::string> events;
  Span span;
};

struct SecretDeclaration {
  std::string name;
  std::string reference; // "env://OPENAI_API_KEY", interpolated
  Span span;
};

struct ProviderInstance {
  std::string name; // "aws.production"
  Value settings;   // may hold Secret leaves, resolved when connecting
  Span span;
};

// A step that this environment or `when` leaves out. Its output is what the live release recorded.
struct AbsentStep {
  std::string id;
  std::string why; // "environments: [staging]"
};

struct Pipeline {
  std::string project;
  std::string environment;
  bool is_protected = false;
  std::string from; // the environment whose proven artifacts are taken; empty: artifacts are made here
  std::optional<Allow> allow;
  std::optional<ApprovalRule> approval;
  std::vector<FreezeWindow> freeze;
  std::map<std::string, std::vector<Host>> hosts; // roles
  std::vector<Step> steps;                        // in file order
  std::vector<AbsentStep> absent;
  std::vector<Step> finally;
  std::vector<NoticeUse> notify;
  std::vector<SecretDeclaration> secrets;  // only those used
  std::vector<ProviderInstance> instances; // only those used
  OnFailure on_failure = OnFailure::rollback;
  std::string release_version;
  std::string
      digest; // SHA-256 over everything above that decides what is deployed; no secret values, no spans

  // The name under which state is kept: "hello/production".
  [[nodiscard]] std::string stack() const { return project + "/" + environment; }
};

} // namespace deployctl::config
