// The graph of steps: order, neighbours, selections, and its pictures as text. Pure; knows ids and needs
// only, so that pipelines, saved plans and release records use the same one. Cycles were refused by config;
// here they are an error.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "config/pipeline.hpp"

namespace deployctl::plan {

struct GraphNode {
  std::string id;
  std::string action; // shown beside the id; may be empty
  std::vector<std::string> needs;
};

class Graph {
public:
  // Nodes in file order. Errors (internal: config lets none through): a cycle, an id twice, a need that is no
  // node.
  static Result<Graph> of(std::vector<GraphNode> nodes);
  static Result<Graph> of(std::span<const config::Step> steps);

  [[nodiscard]] const std::vector<GraphNode>& nodes() const { return nodes_; }
  [[nodiscard]] std::optional<std::size_t> index(std::string_view id) const;
  [[nodiscard]] const std::vector<std::size_t>& needs(std::size_t node) const { return needs_.at(node); }
  [[nodiscard]] const std::vector<std::size_t>& dependents(std::size_t node) const {
    return dependents_.at(node);
  }

  // Needs before dependents; among those that could be next, the first in the file.
  [[nodiscard]] const std::vector<std::size_t>& order() const { return order_; }
  [[nodiscard]] std::vector<std::size_t> reverse_order() const;
  // These steps and everything they need, in order. Error (config) with similar names when there is no such
  // step.
  [[nodiscard]] Result<std::vector<std::size_t>> with_needs(std::span<const std::string> ids) const;
  // Everything that needs this step, also through others; not the step itself. In order.
  [[nodiscard]] std::vector<std::size_t> all_dependents(std::size_t node) const;

private:
  Status connect();
  Status sort();
  [[nodiscard]] std::vector<std::size_t> reachable(std::vector<std::size_t> from,
                                                   const std::vector<std::vector<std::size_t>>& edges) const;

  std::vector<GraphNode> nodes_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::vector<std::vector<std::size_t>> needs_;
  std::vector<std::vector<std::size_t>> dependents_;
  std::vector<std::size_t> order_;
};

enum class GraphFormat { text, mermaid, dot };

// One line a step in order for `text` ("api  docker.service  needs image, migrate"); sources for the other
// two.
std::string render(const Graph& graph, GraphFormat format);

} // namespace deployctl::plan
