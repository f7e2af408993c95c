// Everything the engine is given: the catalog, the machine, the stack's records, and whom to ask. References
// only; the caller (cli, or a test with a virtual machine) owns all of it and keeps it alive until the call
// returns.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "plan/plan.hpp"

namespace deployctl::state {
class LocalState;
class History;
class JournalWriter;
struct JournalHeader;
} // namespace deployctl::state

namespace deployctl::secrets {
class Resolver;
} // namespace deployctl::secrets

namespace deployctl {
class RedactionSet;
} // namespace deployctl

namespace deployctl::engine {

struct Ending;

// Two levels: `wind_down` starts nothing new and lets each stage end by its own rule; `abandon` returns at
// once with outcomes unknown. `signal` is the number that asked (2 or 15), for the exit code.
struct Interrupts {
  std::stop_token wind_down;
  std::stop_token abandon;
  std::function<int()> signal;
};

// A decision about one plan. `how` is "prompt", "--yes", "signed"; `by` names who, for the record.
struct Approval {
  bool granted = false;
  std::string by;
  std::string how;
  std::string reason;               // when not granted: what to say, "nobody is there to ask"
  std::vector<std::string> refused; // signatures that do not count, each with its reason
};

struct Environment {
  const Catalog& catalog;
  Ports ports;
  state::LocalState& state;
  state::History& history;
  secrets::Resolver& resolver;
  const RedactionSet& redactions; // every record of a run passes through it
  EventSink& events;
  Interrupts interrupts;
  // Asked once a run, before the lock is taken. Never asked when there is nothing to do.
  std::function<Approval(const plan::Plan&)> approve;
  // Shows a plan that signatures decide about, when nobody is asked; not set: nobody looks.
  std::function<void(const plan::Plan&)> show;
  // Asked at the turn of a step with an `approval` that names nobody. Not set: nobody is there, the run
  // parks.
  std::function<Approval(const plan::Plan&, const std::string& step, const std::stop_token&)> approve_step;
  std::size_t parallel = 8; // stages, probes and observations at once
  std::chrono::milliseconds heartbeat{10'000};
  std::string tool; // version, for records
  std::string user_at_host;
  std::string command; // "apply production", for the lock's holder document
  std::map<std::string, std::string, std::less<>>
      variables; // of the process: the link to a CI job is among them
  // Opens a run's journal, with a header a new one, without it that of a dead run. Empty: state/journal.hpp
  // does; a test injects faults here.
  std::function<Result<std::unique_ptr<state::JournalWriter>>(const std::string&,
                                                              const state::JournalHeader*)>
      open_journal;
  // Called when the run was abandoned and a job does not return: nothing that it uses may be destroyed any
  // more. Shows the ending and leaves the process. Not set, or when it returns: the engine waits for the job.
  std::function<void(const Ending&)> leave_behind;
  // When nothing runs and the engine would only wait until `boot` time T, it calls this instead of waiting,
  // if set: a rehearsal or a test moves its clock there.
  std::function<void(std::chrono::nanoseconds)> skip_to;
};

} // namespace deployctl::engine
