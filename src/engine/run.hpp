// One run over a plan, from its first durable record to the release: journal, blobs and pending mark before
// the first effect; execution; `finally`; then end, release, cell, and the mark that it is committed, in this
// order. A new run and one that goes on after a crash differ only in how they begin.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/engine.hpp"
#include "engine/execute.hpp"
#include "engine/planning.hpp"
#include "engine/run_history.hpp"
#include "engine/run_journal.hpp"
#include "state/lock.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

struct RunOrder {
  Environment& environment;
  const config::Pipeline& pipeline;
  const Source& source;
  Planning& planning;
  const plan::Plan& plan;
  std::string run;     // id
  std::string release; // id of the release being made
  // Of the stack, held while the run is at work; it may change the cell only through this. None: no resource,
  // no release.
  state::LockGuard* lock = nullptr;
  LeaveRule leave = {}; // whether a step may go on, asked before each wave; not set: by the pipeline's rules
  std::string freeze_override = {}; // of a new run; a resumed one knows it from its journal
};

class Run {
public:
  // Nothing was changed if this fails.
  static Result<std::unique_ptr<Run>> begin(const RunOrder& order, const Approval& approval);
  static Result<std::unique_ptr<Run>> resume(const RunOrder& order, RunHistory history);

  // Resumed: finds out about every stage that was cut off; what only a person can say comes back.
  Result<std::vector<Choice>> resolve_open_stages();
  [[nodiscard]] const RunHistory& history() const { return *history_; } // of a resumed run
  [[nodiscard]] RunJournal& journal() { return *journal_; }
  // A person's word about such stages; what is still open comes back.
  Result<std::vector<Choice>> assume(const std::vector<Assumption>& assumptions,
                                     const std::vector<Choice>& choices);
  // Ends a resumed run that had changed nothing.
  Status drop(const std::string& why);
  // To the end. An interrupted run stays pending.
  Ending execute();
  // Takes back what was changed instead of going on; `keep`: leaves it.
  Ending abort(bool keep);
  // The journal says how the run ended: only its traces in the stack's records are missing.
  Ending commit_recorded();

private:
  explicit Run(const RunOrder& order);
  Result<std::vector<std::string>> keep_known_files();
  Status keep_files(const Description& description, const Value& inputs,
                    std::vector<std::string>* kept = nullptr);
  Status mark_pending(const std::string& started_at);
  Status enter_history(const std::string& started_at);
  Status lay_out_steps();
  Ending run_program(Program program);
  void run_finally(const Ending& ending);
  void commit(Ending& ending);
  Status end(Ending& ending, std::optional<state::Release>& release);
  Status commit_records(const RunEnd& end, const std::optional<state::Release>& release);
  Result<std::optional<state::Release>> release_made(Ending& ending);
  Result<std::optional<state::Release>> release_recorded(const RunEnd& end) const;
  Status enter_release(const state::Release& release);
  [[nodiscard]] bool makes_release(const Ending& ending) const;
  void set_leave();
  void open_guarded(std::unique_ptr<state::JournalWriter> writer, const std::string& path);
  [[nodiscard]] Ending stopped(Ending ending, Finish how, const Error& why) const;
  void say_started(Level level, const char* how) const;
  void say(const char* type, Level level, std::string message) const;

  RunOrder order_;
  std::optional<RunHistory> history_;
  std::unique_ptr<RunJournal> journal_;
  Deployment deployment_;
  bool aborts_ = false; // instead of going on
};

} // namespace deployctl::engine
