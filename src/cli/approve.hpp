// Who decides about a plan, and how: shown first, then asked, or answered beforehand by --yes. Consent is
// never taken from --output, --quiet, CI or an input that ended.
#pragma once

#include <deployctl/value.hpp>

#include "cli/invocation.hpp"
#include "engine/environment.hpp"
#include "plan/plan.hpp"
#include "state/release.hpp"

namespace deployctl::cli {

// Shows the plan on standard output, for people; `document` is what programs get instead.
void show_plan(Invocation& invocation, const plan::Plan& plan, const state::Release* live,
               const Value& document);

// Shows the plan and gets a decision. `live` may be null.
engine::Approval decide(Invocation& invocation, const plan::Plan& plan, const state::Release* live);

} // namespace deployctl::cli
