// Turns the library's syntax errors into what the author can act on: the place, a sentence, and what to write
// instead.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>

#include "yaml/events.hpp"
#include "yaml/tree.hpp"

namespace deployctl::yaml {

struct Advice {
  std::string_view code;
  Range where;
  std::string message;
  std::string label;
  std::string help;
  std::optional<Range> note_at;
  std::string note;
  // Where to begin taking text out, so that the rest can be read.
  std::size_t recover_at = 0;
};

struct Failure {
  std::string_view text;
  SyntaxError error;
  ReadingState state;
};

Advice advise(const Failure& failure);

// The first mistake inside the brackets that open here, if there is one. A pure look at the text: the
// library's position is often the place where it gave up, not the place of the mistake.
std::optional<Advice> advise_flow(std::string_view text, std::size_t open);

// "write \"...\"", with the quotes that fit the text.
std::string write_quoted(std::string_view text);

} // namespace deployctl::yaml
