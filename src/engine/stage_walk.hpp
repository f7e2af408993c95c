// One target's way through its stages: attempts with growing delays, and the wait for readiness behind a
// stage. Pure: it is told what happened and when, and says what comes next. Used forward and for taking back.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>
#include <deployctl/intent.hpp>

#include "config/pipeline.hpp"

namespace deployctl::engine {

// When a failed attempt may be repeated, and how long a target must stay ready.
struct WalkRules {
  config::RetryRule retry;
  bool may_retry = true;               // false for opaque work without `retry.on`
  Milliseconds min_healthy{0};         // readiness must hold this long without a break
  std::optional<Milliseconds> timeout; // of one attempt at the target, all its stages; none: each stage's own
  std::uint64_t seed = 0;              // of the jitter, so that a run replays exactly
};

// What is known about a target's stages when a run is resumed.
struct Progress {
  std::size_t done = 0; // stages finished, readiness included
  bool applied = false; // stage `done` has its effect; only its readiness is open
};

// What a target that will never be ready fails with.
Error never_ready(const Readiness& readiness);

class StageWalk {
public:
  struct Next {
    enum class Kind { run, poll, wait, passed, finished, failed };
    Kind kind = Kind::finished;
    Milliseconds delay{0};      // wait
    std::optional<Error> error; // failed
  };

  StageWalk() = default;
  StageWalk(std::vector<Stage> stages, WalkRules rules, Progress progress = {});

  // How long the current stage may take.
  [[nodiscard]] Milliseconds limit() const;
  // What to do now: run or poll the current stage, or finished.
  [[nodiscard]] Next proceed() const;
  // `passed` when the stage is complete; the caller decides about gates and then calls proceed().
  void stage_begun(Milliseconds now) { begun_at_ = now; }
  Next stage_done(const std::optional<Error>& error, Milliseconds now);
  // `diagnosed`: what a readiness that failed is called instead.
  Next ready_done(const Readiness& readiness, Milliseconds now, const std::optional<Error>& diagnosed = {});

  [[nodiscard]] const std::vector<Stage>& stages() const { return stages_; }
  [[nodiscard]] std::size_t index() const {
    return index_;
  } // of the current stage; stages().size() at the end
  [[nodiscard]] int attempt() const { return attempt_; }
  [[nodiscard]] bool at_end() const { return index_ == stages_.size(); }

private:
  Next pass(Milliseconds now);
  [[nodiscard]] Error out_of_time() const;
  Next retry_or_fail(const Error& error);
  [[nodiscard]] bool may_repeat(const Error& error) const;
  [[nodiscard]] Milliseconds backoff() const;

  std::vector<Stage> stages_;
  WalkRules rules_;
  std::size_t index_ = 0;
  int attempt_ = 1;
  bool polling_ = false;
  int streak_ = 0;
  std::optional<Milliseconds> polling_since_;
  Milliseconds ready_since_{0};
  Milliseconds begun_at_{0}; // of the current stage
  Milliseconds spent_{0};    // by earlier stages of this attempt
};

} // namespace deployctl::engine
