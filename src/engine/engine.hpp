// The engine's verbs for `cli`: apply, rollback, run, recover, abort, status. Each takes the lock it needs,
// makes every effect durable before it starts, and comes back with an Ending that says how the world is.
// Nothing here prints.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "config/pipeline.hpp"
#include "engine/environment.hpp"

namespace deployctl::engine {

enum class Outcome {
  succeeded,
  nothing_to_do,
  failed,      // and nothing was changed
  rolled_back, // everything changed was taken back
  mixed,       // the world is neither as before nor as planned
  interrupted, // at a safe point; resumable
  refused,     // before anything: lock, approval, stale plan, policy
  undecided,   // a person has to say what happened to a stage
  aborted,
  skipped, // --lock-policy skip
};

std::string_view to_text(Outcome outcome);

// One line of "how the world is now".
struct WorldLine {
  enum class Kind { changed, reverted, kept, remaining, unknown };
  Kind kind = Kind::changed;
  std::string step;
  std::string target; // empty: the step has one unnamed target
  std::string detail;
};

std::string_view to_text(WorldLine::Kind kind);

// What a person may answer about a stage whose outcome cannot be known (exit 11).
struct Choice {
  std::string step;
  std::string target;
  std::string stage;
  std::string why;                  // "exec.run without `check` cannot say whether it ran"
  std::vector<std::string> answers; // "done", "not-done", "rerun"
};

struct Ending {
  int exit_code = 0;
  Outcome outcome = Outcome::succeeded;
  std::vector<WorldLine> world;
  std::optional<Error> error;
  std::vector<Choice> choices;
  std::string next_command; // empty when there is nothing to do
  std::string run;          // id; empty when no run was begun
  std::string release;      // id; empty when none was recorded
  std::int64_t release_number = 0;
  std::string journal; // path; empty when no run was begun
};

Value to_value(const Ending& ending);

enum class LockPolicy { fail, wait, skip };

struct ApplyOptions {
  LockPolicy lock_policy = LockPolicy::fail;
  std::chrono::milliseconds lock_wait{0}; // for `wait`
  bool prune = false;                     // remove what the live release has and the file does not
  bool build = false;                     // make artifacts first, then plan and ask
  std::string run_id;                     // given by cli so that ${run.id} is the same; empty: a new one
};

// A plan given was made earlier (`plan -o`); otherwise it is made here. `git` facts for allow rules come in
// `source`.
struct Source {
  std::string commit;
  std::string tree;
  std::string branch;
  std::vector<std::string> tags;
  bool dirty = false;
  std::string version;
  std::string directory; // of the pipeline file
};

Ending apply(Environment& environment, const config::Pipeline& pipeline, const Source& source,
             std::optional<plan::Plan> plan, const ApplyOptions& options);

// The plan that goes back, or a precise refusal. `to`: release id, number, version or commit; empty: the last
// good release before the live one. Cause not_found with help that names the git tag when there is a tag but
// no record.
struct RollbackPlan {
  plan::Plan plan;
  config::Pipeline pipeline; // the recorded steps, for `apply_rollback`
  std::string to;            // release id
};

Result<RollbackPlan> rollback_plan(Environment& environment, const config::Pipeline& pipeline,
                                   const std::string& to);
Ending apply_rollback(Environment& environment, const RollbackPlan& plan, const ApplyOptions& options);

// Steps with their needs, no lock and no release when none of them is a resource.
Ending run_steps(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                 const std::vector<std::string>& steps, const ApplyOptions& options);

// Goes on with the stack's pending run whose holder is dead or gave up its place. Nothing when none is
// pending.
std::optional<Ending> recover_pending(Environment& environment, const config::Pipeline& pipeline);

// Takes back what the pending run changed; `keep` leaves it (exit 9).
Ending abort_pending(Environment& environment, const config::Pipeline& pipeline, bool keep);

} // namespace deployctl::engine
