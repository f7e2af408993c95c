// What the environment's rules say to a run before it is planned, shown or asked about: from where, in which
// order, and when. Facts are gathered here; the verdicts are those of the layer `policy`.
#pragma once

#include "engine/engine.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// `allow`, quarantine and `freeze`; a freeze is said and passed over when the options say why.
Status may_begin(const Environment& environment, const config::Pipeline& pipeline, const Source& source,
                 const ApplyOptions& options);

// Nothing older than what is live. `live` may be empty.
Status may_follow(const Environment& environment, const Source& source,
                  const std::optional<state::Release>& live);

// The same two as warnings, for a plan that nobody applies yet.
void warn_of_rules(const Environment& environment, const config::Pipeline& pipeline, const Source& source,
                   const std::optional<state::Release>& live);

} // namespace deployctl::engine
