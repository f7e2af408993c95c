// How much a view may use: colour and width. Roles, not colours: the user's 16-colour theme decides how they
// look, and every role also has a word or a sign, so nothing is said by colour alone.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::ui {

enum class Role { none, strong, faint, create, update, remove, run, warning, error };

struct Style {
  bool colour = false;
  int width = 80; // terminal cells
};

std::string paint(const Style& style, Role role, std::string_view text);

// At most `cells` cells of `text`, with "..." in the middle when it was longer; never half a character.
std::string elide(std::string_view text, int cells);

// What a message may hold when it came from outside: control characters become spaces, bad UTF-8 U+FFFD.
std::string one_line(std::string_view text);

// Breaks at spaces so that no line is longer than `style.width` where that is possible; later lines begin
// with `indent` spaces. No line end at the end.
std::string wrap(const Style& style, std::string_view text, int indent);

} // namespace deployctl::ui
