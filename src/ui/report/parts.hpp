// The parts of the report's page, each one section of HTML or nothing. Only page.cpp puts them together.
#pragma once

#include <string>
#include <string_view>

#include "ui/run_story.hpp"

namespace deployctl::ui::report {

std::string_view style_sheet();

std::string timeline(const RunStory& story);
std::string plan_section(const RunStory& story);
std::string commits_section(const RunStory& story);
std::string secrets_section(const RunStory& story);
std::string gates_section(const RunStory& story);
std::string approvals_section(const RunStory& story);
std::string record_section(const RunStory& story);

// "good", "bad", "warning" or nothing: the class that colours, never the only sign.
std::string_view tone_class(Tone tone);
// "2026-03-14 09:26:00 UTC", with the exact time for machines; nothing for none.
std::string moment(const std::optional<WallTime>& at);
// The lines that a failure left behind, as they were said.
std::string evidence_block(const std::vector<std::string>& evidence);

} // namespace deployctl::ui::report
