// What compose.project would change, and how a change is taken back. Pure.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/compose/inputs.hpp"

namespace deployctl::providers::compose {

// upload and pull touch nothing that runs, up is the moment that counts, record makes the release the live
// one.
inline constexpr const char* stage_upload = "upload";
inline constexpr const char* stage_pull = "pull";
inline constexpr const char* stage_up = "up";
inline constexpr const char* stage_record = "record";
inline constexpr const char* stage_clean = "clean";
inline constexpr const char* stage_back = "back";
inline constexpr const char* stage_set_aside = "set-aside";
inline constexpr const char* stage_remove = "remove";

Result<Change> plan_project(const ProjectInputs& inputs, const Value& desired, const Ask& ask,
                            const Observation& seen);
Result<Change> plan_project_removal(const Value& recorded, const Ask& ask, const Observation& seen);
Result<Change> plan_project_revert(const Value& desired, const Undo& undo, const Observation& seen);

} // namespace deployctl::providers::compose
