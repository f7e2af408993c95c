#include "config/graph.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

namespace deployctl::config {

namespace {

constexpr std::size_t most_cycles = 20; // more say nothing new
constexpr std::size_t most_names = 12;  // of one circle in a message

using Neighbours = std::vector<std::vector<std::size_t>>;

Neighbours neighbours_of(std::size_t count, const std::vector<Edge>& edges) {
  Neighbours next(count);
  for (const auto& edge : edges) next[edge.from].push_back(edge.to);
  for (auto& list : next) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  return next;
}

enum class Mark { fresh, open, closed };

// Depth first with a stack of its own: chains may be ten thousand steps long.
struct Walk {
  const Neighbours& next;
  std::vector<Mark> marks;
  std::vector<std::pair<std::size_t, std::size_t>> path; // node, its next neighbour
  std::vector<std::size_t> done;                         // in the order of completion
  std::vector<std::vector<std::size_t>> cycles;

  void enter(std::size_t node) {
    marks[node] = Mark::open;
    path.emplace_back(node, 0);
  }

  void note_cycle(std::size_t node) {
    if (cycles.size() == most_cycles) return;
    const auto begin =
        std::find_if(path.begin(), path.end(), [&](const auto& step) { return step.first == node; });
    std::vector<std::size_t> cycle;
    for (auto at = begin; at != path.end(); ++at) cycle.push_back(at->first);
    cycle.push_back(node);
    cycles.push_back(std::move(cycle));
  }

  void run(std::size_t start) {
    enter(start);
    while (!path.empty()) {
      const auto node = path.back().first;
      if (path.back().second == next[node].size()) {
        marks[node] = Mark::closed;
        done.push_back(node);
        path.pop_back();
        continue;
      }
      const auto neighbour = next[node][path.back().second++];
      if (marks[neighbour] == Mark::fresh)
        enter(neighbour);
      else if (marks[neighbour] == Mark::open)
        note_cycle(neighbour);
    }
  }
};

Walk walk_all(const Neighbours& next) {
  Walk walk{.next = next, .marks = std::vector<Mark>(next.size(), Mark::fresh)};
  for (std::size_t node = 0; node < next.size(); ++node)
    if (walk.marks[node] == Mark::fresh) walk.run(node);
  return walk;
}

std::string circle_text(const Outline& outline, const std::vector<std::size_t>& cycle) {
  std::string text;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    if (cycle.size() > most_names && i == most_names - 2) {
      text += fmt::format(" -> ({} more)", cycle.size() - most_names + 1);
      i = cycle.size() - 1;
    }
    text += (text.empty() ? "" : " -> ") + outline.instances()[cycle[i]].id;
  }
  return text;
}

} // namespace

std::vector<std::vector<std::size_t>> find_cycles(std::size_t count, const std::vector<Edge>& edges) {
  return walk_all(neighbours_of(count, edges)).cycles;
}

void report_cycles(const Outline& outline, const std::vector<Edge>& edges, Findings& findings) {
  std::set<std::set<std::size_t>> told;
  for (const auto& cycle : find_cycles(outline.instances().size(), edges)) {
    if (!told.insert({cycle.begin(), cycle.end()}).second) continue;
    Diagnostic found{.code = "D0503",
                     .message = fmt::format("steps wait for each other: {}", circle_text(outline, cycle)),
                     .label = "closes the circle",
                     .help = "remove one of these needs or references"};
    for (std::size_t i = 0; i + 1 < cycle.size(); ++i) {
      const auto edge = std::find_if(edges.begin(), edges.end(), [&](const Edge& e) {
        return e.from == cycle[i] && e.to == cycle[i + 1];
      });
      if (edge == edges.end()) continue;
      found.span = edge->span;
      if (found.notes.size() < most_names)
        found.notes.push_back({fmt::format("'{}' waits for '{}' here", outline.instances()[cycle[i]].id,
                                           outline.instances()[cycle[i + 1]].id),
                               edge->span});
    }
    findings.add(std::move(found));
  }
}

std::vector<std::vector<std::size_t>> present_needs(const Outline& outline, const std::vector<Edge>& edges) {
  const auto next = neighbours_of(outline.instances().size(), edges);
  Neighbours needs(next.size());
  for (const auto node : walk_all(next).done) { // needed ones come first
    std::set<std::size_t> all;
    for (const auto needed : next[node]) {
      const auto& target = outline.instances()[needed];
      if (target.step->present)
        all.insert(needed);
      else
        all.insert(needs[needed].begin(), needs[needed].end());
    }
    needs[node].assign(all.begin(), all.end());
  }
  return needs;
}

} // namespace deployctl::config
