// Short facts side by side in one line. Where there is no room for all, the least important are left out
// whole; only the last one left is ever cut. For step_lines and layout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl::ui::tty {

struct Fact {
  std::string text;              // empty: no fact
  int rank = 0;                  // the highest is left out first
  std::string_view joint = ", "; // between it and the fact before
};

using Facts = std::vector<Fact>;

int facts_width(const Facts& facts);
std::string fitting_facts(Facts facts, int cells);

} // namespace deployctl::ui::tty
