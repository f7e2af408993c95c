#include "plan/graph.hpp"

#include <random>

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::plan;

namespace {

Graph kodex() {
  auto graph = Graph::of(std::vector<GraphNode>{{"api", "docker.service", {"migrate", "image"}},
                                                {"test", "exec.run", {}},
                                                {"image", "image.build", {"test"}},
                                                {"migrate", "docker.task", {"image"}},
                                                {"docs", "file.put", {}}});
  REQUIRE(graph);
  return *std::move(graph);
}

std::vector<std::string> ids(const Graph& graph, const std::vector<std::size_t>& nodes) {
  std::vector<std::string> result;
  for (const std::size_t node : nodes) result.push_back(graph.nodes()[node].id);
  return result;
}

using Ids = std::vector<std::string>;

} // namespace

TEST_CASE("graph: needs come first, otherwise the order of the file") {
  const Graph graph = kodex();
  CHECK(ids(graph, graph.order()) == Ids{"test", "image", "migrate", "api", "docs"});
  CHECK(ids(graph, graph.reverse_order()) == Ids{"docs", "api", "migrate", "image", "test"});
}

TEST_CASE("graph: a selection brings its needs, a step its dependents") {
  const Graph graph = kodex();
  const Ids wanted = {"migrate"};
  CHECK(ids(graph, *graph.with_needs(wanted)) == Ids{"test", "image", "migrate"});
  CHECK(ids(graph, graph.all_dependents(*graph.index("image"))) == Ids{"migrate", "api"});
  CHECK(graph.all_dependents(*graph.index("docs")).empty());
}

TEST_CASE("graph: an unknown step is an error with similar names") {
  const Ids wanted = {"migrat"};
  const auto selection = kodex().with_needs(wanted);
  REQUIRE_FALSE(selection);
  CHECK(selection.error().message == "there is no step 'migrat'");
  CHECK(selection.error().help == "similar names: migrate");
}

TEST_CASE("graph: cycles, doubles and needs that are no step are refused") {
  CHECK_FALSE(Graph::of(std::vector<GraphNode>{{"a", "", {"b"}}, {"b", "", {"a"}}}));
  CHECK_FALSE(Graph::of(std::vector<GraphNode>{{"a", "", {"a"}}}));
  CHECK_FALSE(Graph::of(std::vector<GraphNode>{{"a", "", {}}, {"a", "", {}}}));
  CHECK_FALSE(Graph::of(std::vector<GraphNode>{{"a", "", {"x"}}}));
}

TEST_CASE("graph: random graphs are ordered so that every need comes first") {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    const std::size_t count = 1 + random() % 60;
    std::vector<std::size_t> hidden(count); // a secret order that makes every edge legal
    for (std::size_t i = 0; i < count; ++i) hidden[i] = i;
    std::shuffle(hidden.begin(), hidden.end(), random);
    std::vector<GraphNode> nodes(count);
    for (std::size_t i = 0; i < count; ++i) nodes[i].id = "s" + std::to_string(i);
    for (std::size_t i = 1; i < count; ++i)
      if (random() % 3 != 0) nodes[hidden[i]].needs.push_back("s" + std::to_string(hidden[random() % i]));
    const auto graph = Graph::of(nodes);
    REQUIRE(graph);
    REQUIRE(graph->order().size() == count);
    std::vector<std::size_t> place(count);
    for (std::size_t i = 0; i < count; ++i) place[graph->order()[i]] = i;
    for (std::size_t node = 0; node < count; ++node)
      for (const std::size_t need : graph->needs(node)) REQUIRE(place[need] < place[node]);
  }
}

TEST_CASE("graph: as text, Mermaid and DOT") {
  const auto graph =
      Graph::of(std::vector<GraphNode>{{"image.api", "image.build", {}}, {"web", "", {"image.api"}}});
  REQUIRE(graph);
  CHECK(render(*graph, GraphFormat::text) == "image.api  image.build\n"
                                             "web                     needs image.api\n");
  CHECK(render(*graph, GraphFormat::mermaid) == "flowchart LR\n"
                                                "  s0[\"image.api<br>image.build\"]\n"
                                                "  s1[\"web\"]\n"
                                                "  s0 --> s1\n");
  CHECK(render(*graph, GraphFormat::dot) == "digraph pipeline {\n"
                                            "  rankdir=LR;\n"
                                            "  node [shape=box];\n"
                                            "  \"image.api\" [label=\"image.api\\nimage.build\"];\n"
                                            "  \"web\" [label=\"web\"];\n"
                                            "  \"image.api\" -> \"web\";\n"
                                            "}\n");
}
