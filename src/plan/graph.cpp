#include "plan/graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>

#include "base/strings.hpp"

namespace deployctl::plan {

Result<Graph> Graph::of(std::vector<GraphNode> nodes) {
  Graph graph;
  graph.nodes_ = std::move(nodes);
  DEPLOYCTL_CHECK(graph.connect());
  DEPLOYCTL_CHECK(graph.sort());
  return graph;
}

Result<Graph> Graph::of(std::span<const config::Step> steps) {
  std::vector<GraphNode> nodes;
  nodes.reserve(steps.size());
  for (const config::Step& step : steps)
    nodes.push_back({.id = step.id, .action = step.action, .needs = step.needs});
  return of(std::move(nodes));
}

std::optional<std::size_t> Graph::index(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? std::nullopt : std::optional(found->second);
}

Status Graph::connect() {
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (!by_id_.emplace(nodes_[i].id, i).second)
      return fail(Cause::internal, "step '" + nodes_[i].id + "' stands in the graph twice");
  needs_.resize(nodes_.size());
  dependents_.resize(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    for (const std::string& need : nodes_[i].needs) {
      const auto found = index(need);
      if (!found)
        return fail(Cause::internal, "step '" + nodes_[i].id + "' needs '" + need + "', which is no step");
      needs_[i].push_back(*found);
      dependents_[*found].push_back(i);
    }
  return {};
}

// Kahn's algorithm; the heap makes the order stable.
Status Graph::sort() {
  std::vector<std::size_t> missing(nodes_.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    missing[i] = needs_[i].size();
    if (missing[i] == 0) ready.push(i);
  }
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order_.push_back(next);
    for (const std::size_t dependent : dependents_[next])
      if (--missing[dependent] == 0) ready.push(dependent);
  }
  if (order_.size() == nodes_.size()) return {};
  const auto stuck = std::ranges::find_if(missing, [](std::size_t count) { return count > 0; });
  return fail(Cause::internal, "step '" + nodes_[static_cast<std::size_t>(stuck - missing.begin())].id +
                                   "' is part of a cycle");
}

std::vector<std::size_t> Graph::reverse_order() const {
  return {order_.rbegin(), order_.rend()};
}

std::vector<std::size_t> Graph::reachable(std::vector<std::size_t> from,
                                          const std::vector<std::vector<std::size_t>>& edges) const {
  std::vector<bool> seen(nodes_.size(), false);
  while (!from.empty()) {
    const std::size_t node = from.back();
    from.pop_back();
    if (seen[node]) continue;
    seen[node] = true;
    from.insert(from.end(), edges[node].begin(), edges[node].end());
  }
  std::vector<std::size_t> result;
  for (const std::size_t node : order_)
    if (seen[node]) result.push_back(node);
  return result;
}

Result<std::vector<std::size_t>> Graph::with_needs(std::span<const std::string> ids) const {
  std::vector<std::size_t> from;
  for (const std::string& id : ids) {
    const auto found = index(id);
    if (!found) {
      std::vector<std::string> names;
      for (const GraphNode& node : nodes_) names.push_back(node.id);
      const auto similar = similar_names(id, names);
      return fail(Cause::config, "there is no step '" + id + "'",
                  similar.empty() ? "" : "similar names: " + join(similar, ", "));
    }
    from.push_back(*found);
  }
  return reachable(std::move(from), needs_);
}

std::vector<std::size_t> Graph::all_dependents(std::size_t node) const {
  return reachable(dependents_.at(node), dependents_);
}

} // namespace deployctl::plan
