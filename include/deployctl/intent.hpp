// The journal's view of one attempt at one stage: what recovery and idempotent apply start from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>

namespace deployctl {

// What recovery does between an intent and its missing outcome (architecture: crash classes).
enum class CrashClass { observe, declarative, keyed, marked, opaque };

struct Intent {
  std::string run;
  std::string step;
  std::string target;
  std::string stage;
  int attempt = 1;
  std::string key; // idempotency key: the same for every attempt and after a crash
  CrashClass crash_class = CrashClass::declarative;
  Ask ask;
  Change change;                       // `desired` with secret references; apply gets them resolved
  std::vector<std::string> remote_ids; // in the order they became known
  std::vector<Value> undo;             // in the order they were written
  std::string started_at;              // RFC 3339, UTC
};

struct Confirmation {
  enum class State { done, not_done, in_progress, unknown };
  State state = State::unknown;
  Value outputs;      // when done
  std::string detail; // operation id, or why it cannot be known
};

struct Readiness {
  enum class State { ready, waiting, failed };
  State state = State::ready;
  std::string detail; // "status 503, wanted 200"
  std::vector<std::string> evidence;
};

struct Sample {
  std::string taken_at; // RFC 3339, UTC
  Value data;           // what the gate measured
  std::optional<Error> error;
};

struct Verdict {
  enum class State { pass, fail, inconclusive, error };
  State state = State::inconclusive;
  std::string detail;
  std::vector<std::string> evidence;
};

struct Failure {
  Intent intent;
  Error error;
};

struct Diagnosis {
  Cause cause = Cause::internal;
  std::string summary;
  std::vector<std::string> evidence;
};

} // namespace deployctl
