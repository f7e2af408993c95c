// Words inside the arguments of a Dockerfile's instruction: quotes, heredoc marks, variables. For
// dockerfile.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/dockerfile.hpp"

namespace deployctl::formats {

// What separates words of one line.
inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

struct HeredocMark {
  std::string name;
  bool strips_tabs = false; // "<<-EOF"
};

// "<<EOF", "<<-EOF", "<<'EOF'", outside of quotes, in order.
std::vector<HeredocMark> heredoc_marks(std::string_view arguments);

// $NAME, ${NAME}, ${NAME:-default}, ${NAME:+other}; none when a variable has no value.
std::optional<std::string> with_variables(std::string_view text, const std::vector<DockerAssignment>& values);

} // namespace deployctl::formats
