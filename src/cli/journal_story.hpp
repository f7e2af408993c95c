// The story of a run as far as its journal tells it. Pure; the plan and what is wrong with the file are added
// by run_story.hpp.
#pragma once

#include "state/journal_format.hpp"
#include "ui/run_story.hpp"

namespace deployctl::cli {

ui::RunStory story_of(const state::JournalContent& journal);

} // namespace deployctl::cli
