// A place in a source text, in bytes. Travels from the parser to every later error.
// Not a line or a column: those are computed once, where a diagnostic is rendered.
#pragma once

#include <cstdint>

namespace deployctl {

struct Span {
  std::uint32_t source = 0; // index into the run's list of sources; 0 is the pipeline file
  std::uint32_t begin = 0;  // first byte
  std::uint32_t end = 0;    // one past the last byte

  friend bool operator==(const Span&, const Span&) = default;
};

} // namespace deployctl
