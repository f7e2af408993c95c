// The engine's verbs for `cli`: apply, rollback, run, recover, abort, status. Each takes the lock it needs,
// makes every effect durable before it starts, and comes back with an Ending that says how the world is.
// Nothing here prints.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>

#include "config/pipeline.hpp"
#include "config/probes.hpp"
#include "engine/environment.hpp"
#include "vcs/repository.hpp"

namespace deployctl::engine {

enum class Outcome {
  succeeded,
  nothing_to_do,
  failed,      // and nothing was changed
  rolled_back, // everything changed was taken back
  mixed,       // the world is neither as before nor as planned
  interrupted, // at a safe point; resumable
  parked,      // a step waits for a person; resumable
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

enum class Answer { done, not_done, rerun };

std::string_view to_text(Answer answer); // "done", "not-done", "rerun"

// What a person says about a stage that a Choice asks about.
struct Assumption {
  std::string step;
  std::string target; // empty: every open one of the step
  Answer answer = Answer::done;
};

Result<Assumption> assumption_from(std::string_view text); // "migrate=done", "web/app-1=rerun"

// The command that gives the n-th answer to it.
std::string command_for(const Choice& choice, const std::string& run, std::size_t answer);

struct Ending {
  int exit_code = 0;
  Outcome outcome = Outcome::succeeded;
  std::vector<WorldLine> world;
  std::vector<std::string> not_started; // steps with something to do, of a run that stopped before them
  std::optional<Error> error;
  std::vector<Choice> choices;
  std::string next_command; // empty when there is nothing to do
  std::string run;          // id; empty when no run was begun
  std::string release;      // id; empty when none was recorded
  std::int64_t release_number = 0;
  std::string release_version;
  std::string journal; // path; empty when no run was begun
};

Value to_value(const Ending& ending);

enum class LockPolicy { fail, wait, skip };

struct ApplyOptions {
  LockPolicy lock_policy = LockPolicy::fail;
  std::chrono::milliseconds lock_wait{0}; // for `wait`
  bool prune = false;                     // remove what the live release has and the file does not
  std::string from;    // take the artifacts of this environment, whatever the pipeline says
  std::string no_from; // make artifacts here although the pipeline says where to take them from: why
  std::map<std::string, Value, std::less<>> made; // outputs of what build_artifacts did, by step
  std::string plan_digest;     // resume only a run of this plan; empty: of the same pipeline
  std::string override_freeze; // why it may be deployed in a freeze; empty: it may not
  std::string approvals;       // text of PLANFILE.approvals; empty: only what the state keeps
  std::string run_id;          // given by cli so that ${run.id} is the same; empty: a new one
};

// Where the pipeline comes from: facts of git, and how to look at local files. What is referred to outlives
// the call.
struct Source {
  const config::FileProbe* files = nullptr; // never null when a verb is called
  std::string directory;                    // of the pipeline, absolute: what file inputs are relative to
  std::string commit;                       // empty outside a repository
  std::string tree;
  std::string branch;
  std::vector<std::string> tags;
  bool dirty = false;
  std::string version;       // of the release
  std::string commit_author; // "Name <email>"
  std::optional<std::chrono::system_clock::time_point> committed_at;
  std::string planner; // address of who plans here, as git knows it; empty: not configured
  bool shallow = false;
  // What `commit` is to that one (a release's). Not set outside a repository.
  std::function<Result<vcs::Kinship>(const std::string& other)> kinship;
  // The bytes of a file beside the pipeline as a commit has it. Not set outside a repository.
  std::function<Result<std::string>(const std::string& commit, const std::string& path)> file_at;
  // vcs::Repository::tree_hash of a step's `sources`; not set outside a repository.
  std::function<Result<std::string>(const std::vector<std::string>& globs)> sources_hash;
  // Commits since that one (a release's), newest first, at most 50, and how many there are; not set: none.
  std::function<std::pair<std::vector<plan::Commit>, int>(const std::string& since)> commits_since;
};

// What `apply` would do, read-only; takes no lock.
Result<plan::Plan> plan_apply(Environment& environment, const config::Pipeline& pipeline,
                              const Source& source, const ApplyOptions& options);

// `plan`: one made earlier (`plan -o`); none: made here. A pending run whose holder is gone is resumed
// instead when it is of the same pipeline.
Ending apply(Environment& environment, const config::Pipeline& pipeline, const Source& source,
             std::optional<plan::Plan> plan, const ApplyOptions& options);

// The plan that goes back, or a precise refusal. `to`: release id, number, version or commit; empty: the last
// good release before the live one. Cause not_found when there is no record of it. `cross`: steps that older
// code does not work with, and that are gone back over all the same.
struct RollbackPlan {
  plan::Plan plan;
  config::Pipeline pipeline; // the recorded steps, as the pipeline they were
};

// What leads from what is there to what the live release recorded: the drift, read backwards. Never executed.
Result<plan::Plan> plan_as_released(Environment& environment, const config::Pipeline& pipeline,
                                    const Source& source);

Result<RollbackPlan> rollback_plan(Environment& environment, const config::Pipeline& pipeline,
                                   const Source& source, const std::string& to,
                                   const std::vector<std::string>& cross = {});
// Without a record: `pipeline` and `source` are those of the tree at a tag. Tasks do not run, and what the
// live release has besides is removed.
Result<RollbackPlan> rollback_plan_to_tree(Environment& environment, const config::Pipeline& pipeline,
                                           const Source& source, const std::vector<std::string>& cross = {});
// One that was saved. A plan without a target release goes to the tree at a tag: `pipeline` is that tree's.
Result<RollbackPlan> saved_rollback(const Environment& environment, const config::Pipeline& pipeline,
                                    plan::Plan plan);
Ending apply_rollback(Environment& environment, const RollbackPlan& rollback, const Source& source,
                      const ApplyOptions& options);

// Steps with their needs; no lock and no release when none of them is a resource.
Ending run_steps(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                 const std::vector<std::string>& steps, const ApplyOptions& options);

// Goes on with the stack's pending run whose holder is dead or gave up its place; none when none is pending,
// or when it had changed nothing and was dropped.
std::optional<Ending> recover_pending(Environment& environment, const config::Pipeline& pipeline,
                                      const Source& source, const ApplyOptions& options);

// `resume` and `recover`: goes on with this run of the stack (empty: the pending one), after taking a
// person's word. Nothing pending: nothing to do. A run that another one replaced is superseded (10); one of
// another pipeline than this is stale (7).
Ending resume_run(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                  const std::string& run, const std::vector<Assumption>& assumptions,
                  const ApplyOptions& options);

// Takes back what the pending run changed; `keep` leaves it (exit 9), also when its journal cannot be read.
// None when none is pending. `run`: only this one.
std::optional<Ending> abort_pending(Environment& environment, const config::Pipeline& pipeline,
                                    const Source& source, bool keep, const std::string& run = {});

} // namespace deployctl::engine
