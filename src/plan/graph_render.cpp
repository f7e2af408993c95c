#include <algorithm>

#include "base/strings.hpp"
#include "base/utf8.hpp"
#include "plan/graph.hpp"

namespace deployctl::plan {
namespace {

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t used = display_width(text);
  return text + std::string(width > used ? width - used : 0, ' ');
}

std::string as_text(const Graph& graph) {
  std::size_t ids = 0;
  std::size_t actions = 0;
  for (const GraphNode& node : graph.nodes()) {
    ids = std::max(ids, display_width(node.id));
    actions = std::max(actions, display_width(node.action));
  }
  std::string out;
  for (const std::size_t i : graph.order()) {
    const GraphNode& node = graph.nodes()[i];
    std::string line = padded(node.id, ids) + "  " + padded(node.action, actions);
    if (!node.needs.empty()) line += "  needs " + join(node.needs, ", ");
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

// Ids hold '.', '-' and '_' (for_each): numbers are safe names for nodes in both languages.
std::string as_mermaid(const Graph& graph) {
  std::string out = "flowchart LR\n";
  for (const std::size_t i : graph.order()) {
    const GraphNode& node = graph.nodes()[i];
    const std::string action = node.action.empty() ? "" : "<br>" + node.action;
    out += "  s" + std::to_string(i) + "[\"" + node.id + action + "\"]\n";
  }
  for (const std::size_t i : graph.order())
    for (const std::size_t need : graph.needs(i))
      out += "  s" + std::to_string(need) + " --> s" + std::to_string(i) + "\n";
  return out;
}

std::string as_dot(const Graph& graph) {
  std::string out = "digraph pipeline {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const std::size_t i : graph.order()) {
    const GraphNode& node = graph.nodes()[i];
    const std::string action = node.action.empty() ? "" : "\\n" + node.action;
    out += "  \"" + node.id + "\" [label=\"" + node.id + action + "\"];\n";
  }
  for (const std::size_t i : graph.order())
    for (const std::size_t need : graph.needs(i))
      out += "  \"" + graph.nodes()[need].id + "\" -> \"" + graph.nodes()[i].id + "\";\n";
  return out + "}\n";
}

} // namespace

std::string render(const Graph& graph, GraphFormat format) {
  switch (format) {
  case GraphFormat::mermaid:
    return as_mermaid(graph);
  case GraphFormat::dot:
    return as_dot(graph);
  case GraphFormat::text:
    break;
  }
  return as_text(graph);
}

} // namespace deployctl::plan
