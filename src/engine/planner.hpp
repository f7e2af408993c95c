// Makes the plan: what one apply, rollback or run would do, from the pipeline, the live release and the
// observed world. Reads only, in parallel; the comparison itself is pure. Called by apply, by rollback, and
// by cli for `plan`.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/sinks.hpp>
#include <deployctl/provider.hpp>

#include "config/interpolation.hpp"
#include "config/pipeline.hpp"
#include "config/probes.hpp"
#include "engine/connections.hpp"
#include "engine/planner_memory.hpp"
#include "plan/plan.hpp"
#include "plan/staleness.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// A step that is done before the plan is made: an artifact proven elsewhere or made just now, or a task that
// only such artifacts need.
struct Settled {
  Value outputs;
  std::string why;   // "release 7 of staging"
  bool here = false; // it ran for this environment
};

// What a plan is made from. References and pointers must outlive the call.
struct PlanRequest {
  const config::Pipeline& pipeline;
  const Catalog& catalog;
  Connections& connections;
  const config::FileProbe& files;
  EventSink& events;
  const state::Release* live = nullptr; // the current release; null: none

  std::string operation = "apply";          // "apply" | "rollback" | "run"
  std::vector<std::string> only;            // run: these steps and what they need; empty: all
  std::vector<state::ReleaseStep> removals; // rollback: resources that should not exist any more
  bool prune = false;                       // remove all that the live release has and the pipeline does not
  bool keep_absent = true;                  // list what the live release has and the file does not as `gone`
  bool tasks = true;                        // rollback: false, tasks are left as they are
  std::map<std::string, Settled, std::less<>> settled; // by step
  // rollback: outputs as the release gone back to recorded them, by step. Artifacts are not made again.
  std::map<std::string, Value, std::less<>> recorded;

  std::map<std::string, std::string> secret_versions; // secrets::Resolver::versions
  // secrets::Resolver::with_versions; not set: values are taken as they are.
  std::function<Result<Value>(const Value&, std::stop_token)> with_versions;
  // vcs::Repository::tree_hash of a step's `sources`; not set: outside a repository, sources do not count.
  SourcesHash sources_hash;

  std::string tool;    // of this program
  std::string version; // of the release
  std::string commit;
  bool dirty = false;
  std::vector<plan::Commit> commits; // since the live release, newest first
  int commits_total = 0;
  std::int64_t epoch = 0;     // of the stack's cell
  std::string target_release; // rollback: the release gone back to
  std::vector<plan::Crossing> crossings;
  std::string promoted_from; // where settled artifacts come from
  std::string promoted_release;
  std::string no_from;

  std::string created_by; // user@host
  std::string author;     // their address as git knows it
  std::optional<plan::ApprovalNeeded> approval;
  Milliseconds lifetime{24 * 3'600'000};
  std::size_t parallel = 8; // observations at once
  std::stop_token stop;
  // Shared by copies of this request: what was looked up once is not looked up again at every step's turn.
  std::shared_ptr<PlanMemory> memory = std::make_shared<PlanMemory>();
};

// Emits `plan_started` and `plan_summary`; the other verbs are silent. Errors: those of providers, with the
// step and target in their frames (several: the first, the others as evidence); config for a reference
// without an answer; policy for a protected environment.
Result<plan::Plan> make_plan(const PlanRequest& request);

// Plans again under the lock and says what differs from the approved plan; empty: it still holds.
Result<std::vector<plan::Stale>> check_still_true(const plan::Plan& approved, const PlanRequest& request);

// One step at its turn: unknowns evaluated, observed anew, planned anew. `outputs` answers for steps that are
// done.
struct StepTurn {
  const config::Step& step;
  config::Outputs outputs;
  bool needs_changed = false; // a step it needs changed something in this run
};
Result<plan::PlannedStep> plan_step(const PlanRequest& request, const StepTurn& turn);

// plan_step, and the result must lie inside `approved` (plan/compare.hpp), else Cause::conflict with every
// difference as evidence. A task that was approved as unchanged stays so unless something it needs changed.
Result<plan::PlannedStep> replan_step(const PlanRequest& request, const StepTurn& turn,
                                      const plan::PlannedStep& approved);

// What verbs are asked with about one target of a planned step: its inputs with resets and defaults. For
// intents, and for find, make, sample and judge, so that they see what the planner's verbs saw.
Ask ask_of(const PlanRequest& request, const plan::PlannedStep& step, const Target& target);

// Action and identity inputs as canonical text: which real thing a step is about. For release records.
// Actions without identity fields are told apart by step id. Empty while an identity input is unknown.
std::string identity_text(const Description& description, const std::string& step, const Value& inputs);

// One target a host for actions on hosts, else one that is named "".
std::vector<Target> targets_of(const Description& description, const config::Step& step);

// The outputs of a step from those of its targets, in the order of the plan: the first target's.
Value step_outputs(const std::vector<Value>& of_targets);

} // namespace deployctl::engine
