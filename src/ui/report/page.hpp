// A run as one self-contained HTML page: how it ended, a timeline a step and host, the plan, the evidence,
// who approved it, the commits, and the whole record. Readable on a phone and on paper, in light and dark,
// without any script and without loading anything.
#pragma once

#include <string>

#include "ui/run_story.hpp"

namespace deployctl::ui::report {

// The same story gives the same bytes: nothing here asks what time it is.
std::string page(const RunStory& story);

} // namespace deployctl::ui::report
