// Who decides about a plan, and how: shown first, then asked, or answered beforehand by --yes. Consent is
// never taken from --output, --quiet, CI or an input that ended.
#pragma once

#include <deployctl/value.hpp>

#include "cli/invocation.hpp"
#include "cli/wiring.hpp"
#include "plan/plan.hpp"
#include "state/release.hpp"

namespace deployctl::cli {

// Shows the plan on standard output, for people; `document` is what programs get instead.
void show_plan(Invocation& invocation, const plan::Plan& plan, const state::Release* live,
               const Value& document);

// Shows the plan and gets a decision. `live` may be null.
engine::Approval decide(Invocation& invocation, const plan::Plan& plan, const state::Release* live);

// What the engine calls when a plan or a step of it is to be decided by whoever is here.
void attend(Invocation& invocation, Wiring& wiring);

} // namespace deployctl::cli
