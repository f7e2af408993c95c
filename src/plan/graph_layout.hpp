// Where the steps of a graph stand in a picture: in columns, each right of what it needs, ordered so that few
// lines cross. Pure arithmetic without fonts: a cell of text is taken to be as wide as it is in a monospace
// font.
#pragma once

#include <cstddef>
#include <vector>

#include "plan/graph.hpp"

namespace deployctl::plan {

struct Point {
  double x = 0;
  double y = 0;
};

struct Box {
  double x = 0; // left
  double y = 0; // top
  double width = 0;
  double height = 0;
};

struct Line { // from the right of a need to the left of what needs it
  std::size_t from = 0;
  std::size_t to = 0;
  std::vector<Point> points; // two or more; those between the ends keep it clear of other boxes
};

struct GraphLayout {
  double width = 0;
  double height = 0;
  std::vector<Box> boxes; // one a node, in the graph's order of nodes
  std::vector<Line> lines;
};

GraphLayout layout(const Graph& graph);

} // namespace deployctl::plan
