#include "base/redaction_table.hpp"

#include <algorithm>

#include "base/secret_forms.hpp"
#include "base/strings.hpp"

namespace deployctl {
RedactionTable::RedactionTable(const std::vector<Secret>& secrets) : nodes_(1) {
  Children children(1);
  for (const Secret& secret : secrets) {
    const auto name = static_cast<std::uint32_t>(names_.size());
    names_.push_back(secret.name());
    for (const SecretForm& form : forms_of(secret.reveal())) {
      const Match match{.length = static_cast<std::uint32_t>(form.text.size()),
                        .name = name,
                        .left_boundary = form.on_boundaries && is_letter_or_digit(form.text.front()),
                        .right_boundary = form.on_boundaries && is_letter_or_digit(form.text.back())};
      insert(children, form.text, match);
    }
  }
  flatten(children);
  link();
}

void RedactionTable::insert(Children& children, std::string_view text, const Match& match) {
  prefixes_.add(text);
  Node node = root;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const auto found = std::find_if(children[node].begin(), children[node].end(),
                                    [byte](const Edge& edge) { return edge.byte == byte; });
    if (found != children[node].end()) {
      node = found->target;
    } else {
      const auto created = static_cast<Node>(nodes_.size());
      children[node].push_back({byte, created});
      children.emplace_back();
      nodes_.emplace_back();
      nodes_.back().depth = nodes_[node].depth + 1;
      node = created;
    }
    State& state = nodes_[node];
    if (state.shortest.length == 0 || match.length < state.shortest.length) state.shortest = match;
  }
  if (nodes_[node].ends) return; // the same text in two secrets: the first name stays
  nodes_[node].ends = true;
  nodes_[node].match = match;
}

void RedactionTable::flatten(const Children& children) {
  for (Node node = 0; node < nodes_.size(); ++node) {
    nodes_[node].first_edge = static_cast<std::uint32_t>(edges_.size());
    nodes_[node].edges = static_cast<std::uint16_t>(children[node].size());
    edges_.insert(edges_.end(), children[node].begin(), children[node].end());
    std::sort(edges_.begin() + nodes_[node].first_edge, edges_.end(),
              [](const Edge& a, const Edge& b) { return a.byte < b.byte; });
  }
  for (const Edge& edge : children[root]) from_root_.at(edge.byte) = edge.target;
}

// Breadth first, so that every fallback is finished before it is needed.
void RedactionTable::link() {
  std::vector<Node> queue{root};
  for (std::size_t at = 0; at < queue.size(); ++at) {
    const Node node = queue[at];
    State& state = nodes_[node];
    state.open_depth = state.edges > 0 ? state.depth : nodes_[state.fallback].open_depth;
    state.next_end = nodes_[state.fallback].ends ? state.fallback : nodes_[state.fallback].next_end;
    for (std::uint32_t i = state.first_edge; i < state.first_edge + state.edges; ++i) {
      nodes_[edges_[i].target].fallback = node == root ? root : next(state.fallback, edges_[i].byte);
      queue.push_back(edges_[i].target);
    }
  }
}

RedactionTable::Node RedactionTable::child(Node node, unsigned char byte) const {
  if (node == root) return from_root_.at(byte);
  const State& state = nodes_[node];
  const Edge* edge = edges_.data() + state.first_edge;
  const Edge* end = edge + state.edges;
  if (state.edges > 8)
    edge = std::lower_bound(edge, end, byte,
                            [](const Edge& a, unsigned char wanted) { return a.byte < wanted; });
  else
    while (edge != end && edge->byte < byte) ++edge;
  return edge != end && edge->byte == byte ? edge->target : root;
}

bool RedactionTable::begins_form(std::string_view bytes) const {
  Node node = root;
  for (const char byte : bytes) {
    node = child(node, static_cast<unsigned char>(byte));
    if (node == root) return false;
  }
  return true;
}

RedactionTable::Node RedactionTable::next(Node node, unsigned char byte) const {
  while (true) {
    if (const Node target = child(node, byte); target != root || node == root) return target;
    node = nodes_[node].fallback;
  }
}

} // namespace deployctl
