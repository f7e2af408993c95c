// From what a run did to the release record: everything a later rollback needs. Pure.
#pragma once

#include "base/redactor.hpp"
#include "engine/deployment.hpp"
#include "engine/engine.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

struct ReleaseFacts {
  const plan::Plan& plan;
  const Source& source;
  const Environment& environment;
  const std::optional<state::Release>& live;
  const std::optional<state::Release>& restored; // rollback: the release gone back to
  std::int64_t number = 0;
  state::ReleaseOutcome outcome = state::ReleaseOutcome::good;
};

// Steps that the plan only lists (gone, not removed) stay recorded: they are still live.
state::Release make_release(const Deployment& deployment, const ReleaseFacts& facts);

// Why the release that this one went back from may not be applied again.
std::string quarantine_reason(const state::Release& rollback);

} // namespace deployctl::engine
