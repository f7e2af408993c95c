// Outputs that held a secret are masked in the journal. A run that goes on after a crash needs them as they
// are: they are read again from their providers, never guessed, and the mask is never used.
#pragma once

#include "engine/planning.hpp"
#include "engine/run_history.hpp"

namespace deployctl::engine {

// Fills them into `history`. Cause::conflict, naming the step, when a provider cannot tell them any more.
Status reread_masked_outputs(const Environment& environment, Planning& planning, const plan::Content& content,
                             RunHistory& history);

} // namespace deployctl::engine
