// Taking a stack's lock for a run: by the caller's policy, saying who holds it. The lock is free again when
// the claim goes out of scope, on every path.
#pragma once

#include <variant>

#include "engine/engine.hpp"
#include "state/local_state.hpp"
#include "state/lock.hpp"

namespace deployctl::engine {

using Claim = std::variant<state::LockGuard, Ending>;

Claim claim(const Environment& environment, const state::StackState& stack, const std::string& run,
            const ApplyOptions& options);

} // namespace deployctl::engine
