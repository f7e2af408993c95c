// How each standing of a step or a target reads, and its role. For layout.
#pragma once

#include <string>
#include <string_view>

#include "ui/style.hpp"
#include "ui/tty/run_model.hpp"

namespace deployctl::ui::tty {

struct StandingWord {
  std::string_view word;
  Role role;
};

const StandingWord& word_of(Standing standing);

// A line of the picture before it is painted.
struct Line {
  Standing standing = Standing::pending;
  int indent = 0;
  std::string text;
};

// The word, right-aligned in its column, and the text, elided to the width.
std::string line_text(const Line& line, const Style& style);

// Cells that the text of such a line has.
int text_room(int indent, const Style& style);

} // namespace deployctl::ui::tty
