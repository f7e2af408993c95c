// What host.release would change, and how a change is taken back. Pure.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/host/release_inputs.hpp"

namespace deployctl::providers::host {

// The stages: upload and preflight touch nothing live, switch is the one moment that counts, clean only
// warns.
inline constexpr const char* stage_upload = "upload";
inline constexpr const char* stage_preflight = "preflight";
inline constexpr const char* stage_switch = "switch";
inline constexpr const char* stage_clean = "clean";
inline constexpr const char* stage_switch_back = "switch-back";
inline constexpr const char* stage_set_aside = "set-aside";
inline constexpr const char* stage_remove = "remove";

Result<Change> plan_release(const ReleaseInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen);
Result<Change> plan_removal(const ReleaseInputs& recorded, const Value& desired, const Ask& ask,
                            const Observation& seen);
Result<Change> plan_revert(const ReleaseInputs& inputs, const Value& desired, const Undo& undo,
                           const Observation& seen);

// "releases/NAME" that the change makes live, "" when nothing is live afterwards. Kept in `basis.to`.
std::string link_after(const Change& change);

} // namespace deployctl::providers::host
