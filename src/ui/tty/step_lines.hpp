// The lines of one step: itself, and its targets with those that stand alike in one line. For layout.
#pragma once

#include <string>
#include <vector>

#include "ui/tty/run_model.hpp"
#include "ui/tty/standing_words.hpp"

namespace deployctl::ui::tty {

struct StepLook {
  const RunModel& model;
  const Style& style;
  std::size_t id_width = 0;
  bool settled_targets = true;                           // those that are done, and that have not begun
  std::size_t most_lines = static_cast<std::size_t>(-1); // of targets; the last has the rest of them
};

std::vector<Line> step_lines(const StepModel& step, const StepLook& look, Instant now);

// As many names as fit: "app-1, app-2 and 3 more".
std::string fitting_names(const std::vector<std::string>& names, int cells);

} // namespace deployctl::ui::tty
