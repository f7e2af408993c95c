// The body of a plan's text: one block a step. Part of plan_view; not for other views.
#pragma once

#include <string>
#include <vector>

#include "ui/plan_view.hpp"

namespace deployctl::ui {

// `made_at`: when the plan was made, RFC 3339.
std::string step_block(const plan::PlannedStep& step, const std::string& made_at, const Style& style,
                       const PlanDetail& detail);

// "app-1, app-2 and 3 more"
std::string names_text(const std::vector<std::string>& names, std::size_t shown);

} // namespace deployctl::ui
