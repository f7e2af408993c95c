// The merge key `<<`: entries of other maps, where a map has none of its own under that name.
#pragma once

#include <optional>
#include <vector>

#include "yaml/document.hpp"

namespace deployctl::yaml {

// Adds what `sources` (maps, or lists of maps, in order of precedence) have and `map` has not. Gives the span
// of the first thing that is neither, if there is one; the others are merged all the same.
std::optional<Span> merge_into(Node& map, const std::vector<Node>& sources);

// Of a whole tree, itself included.
struct TreeSize {
  std::size_t nodes = 0;
  std::size_t bytes = 0;  // of text
  std::size_t height = 0; // collections above each other
};
TreeSize measure(const Node& node);

} // namespace deployctl::yaml
