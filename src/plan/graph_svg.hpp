// A graph as one SVG file: boxes and curves laid out here, in light and dark, without a script or a font of
// its own.
#pragma once

#include <string>

#include "plan/graph.hpp"

namespace deployctl::plan {

std::string svg_of(const Graph& graph);

} // namespace deployctl::plan
