// The hosts of a step as a table: what is there, since when, what happens, in which batch. Part of plan_view;
// not for other views.
#pragma once

#include <string>

#include "plan/fleet.hpp"
#include "ui/plan_view.hpp"

namespace deployctl::ui {

// Empty when nobody said how a host stands. Ages count to `now` (RFC 3339): when the plan was made.
std::string fleet_table(const plan::PlannedStep& step, const std::string& now, const Style& style,
                        const PlanDetail& detail);

} // namespace deployctl::ui
