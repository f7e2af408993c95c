// The story of a run from its journal, the plan kept with it and the release it made. Damaged and unfinished
// journals tell what stands in them; what is missing is said, not made up.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "cli/invocation.hpp"
#include "cli/records.hpp"
#include "ui/run_story.hpp"

namespace deployctl::cli {

// The newest run of the pipeline, by this name.
inline constexpr std::string_view last_run = "last";

// Error (config) when this pipeline has no such run.
Result<ui::RunStory> named_story(Invocation& invocation, const Project& project, const std::string& name);

} // namespace deployctl::cli
