// The picture of a run at one moment: model, room and time to lines. Pure. Never wider than the width, never
// higher than the rows: what is finished is collapsed first, then what has not begun. Every state is a word;
// colour only repeats it.
#pragma once

#include <string>
#include <vector>

#include "ui/style.hpp"
#include "ui/tty/run_model.hpp"

namespace deployctl::ui::tty {

// Empty when nothing is under way. Without line ends; `style.width` is the room of one.
std::vector<std::string> layout(const RunModel& model, const Style& style, int rows, Instant now);

} // namespace deployctl::ui::tty
