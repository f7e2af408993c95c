// The picture of a graph: boxes that do not overlap, lines from left to right, one file without anything
// else.
#include <catch2/catch.hpp>

#include "golden.hpp"
#include "plan/graph_layout.hpp"
#include "plan/graph_svg.hpp"

using namespace deployctl::plan;

namespace {

Graph graph_of(std::vector<GraphNode> nodes) {
  auto graph = Graph::of(std::move(nodes));
  REQUIRE(graph);
  return *std::move(graph);
}

Graph diamond() {
  return graph_of({{"test", "exec.run", {}},
                   {"image", "image.build", {"test"}},
                   {"migrate", "docker.task", {"image"}},
                   {"assets", "file.put", {"test"}},
                   {"api", "host.release", {"migrate", "assets", "test"}}});
}

bool overlap(const Box& a, const Box& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

} // namespace

TEST_CASE("graph layout: no box lies on another, every line goes to the right") {
  std::vector<GraphNode> nodes;
  for (int i = 0; i < 60; ++i) {
    GraphNode node{.id = "step-" + std::to_string(i), .action = "exec.run", .needs = {}};
    for (int need = i / 2; need < i; need += 7) node.needs.push_back("step-" + std::to_string(need));
    nodes.push_back(std::move(node));
  }
  const GraphLayout picture = layout(graph_of(std::move(nodes)));
  REQUIRE(picture.boxes.size() == 60);
  for (std::size_t i = 0; i < picture.boxes.size(); ++i)
    for (std::size_t j = i + 1; j < picture.boxes.size(); ++j)
      CHECK_FALSE(overlap(picture.boxes[i], picture.boxes[j]));
  for (const Line& line : picture.lines)
    for (std::size_t i = 1; i < line.points.size(); ++i) CHECK(line.points[i - 1].x < line.points[i].x);
  for (const Box& box : picture.boxes) {
    CHECK(box.x >= 0);
    CHECK(box.y >= 0);
    CHECK(box.x + box.width <= picture.width);
    CHECK(box.y + box.height <= picture.height);
  }
}

TEST_CASE("graph layout: a graph without steps is an empty picture") {
  CHECK(layout(graph_of({})).boxes.empty());
}

TEST_CASE("graph: drawn as SVG") {
  golden::check("tests/plan/goldens/graph.svg", svg_of(diamond()));
}
