// An Aho-Corasick automaton over the forms of all secrets: sparse, because one private key has ten thousand
// nodes. Immutable once built; shared by the streams of redactor.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/secret.hpp>

#include "base/redaction_prefixes.hpp"

namespace deployctl {

class RedactionTable {
public:
  using Node = std::uint32_t;
  static constexpr Node root = 0;

  // A form that ends at a node.
  struct Match {
    std::uint32_t length = 0;
    std::uint32_t name = 0;      // index into names()
    bool left_boundary = false;  // no letter or digit may stand before it
    bool right_boundary = false; // nor behind it
  };

  explicit RedactionTable(const std::vector<Secret>& secrets);

  [[nodiscard]] Node next(Node node, unsigned char byte) const;
  // Bytes that the longest form still possible has taken; 0 when none is begun.
  [[nodiscard]] std::size_t open_depth(Node node) const { return nodes_[node].open_depth; }
  [[nodiscard]] std::size_t depth(Node node) const { return nodes_[node].depth; }
  [[nodiscard]] Node fallback(Node node) const { return nodes_[node].fallback; }
  // The length and name of the shortest form that goes on from here (or ends here); length 0 at the root.
  [[nodiscard]] const Match& shortest_through(Node node) const { return nodes_[node].shortest; }

  // Whether a form may begin with the RedactionPrefixes::width bytes there; a yes is for `begins_form` to
  // judge.
  [[nodiscard]] bool may_begin(const char* bytes) const { return prefixes_.may_begin(bytes); }
  [[nodiscard]] bool begins_form(std::string_view bytes) const;

  // Calls `visit(const Match&)` for every form that ends here, longest first.
  template <class Visit>
  void for_each_match(Node node, Visit visit) const {
    for (Node at = nodes_[node].ends ? node : nodes_[node].next_end; at != root; at = nodes_[at].next_end)
      visit(nodes_[at].match);
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] bool empty() const { return nodes_.size() == 1; }

private:
  struct Edge {
    unsigned char byte;
    Node target;
  };
  struct State {
    std::uint32_t first_edge = 0;
    std::uint16_t edges = 0;
    bool ends = false;
    std::uint32_t depth = 0;
    std::uint32_t open_depth = 0;
    Node fallback = root;
    Node next_end = root; // the nearest node along the fallbacks where a form ends
    Match match;
    Match shortest;
  };
  using Children = std::vector<std::vector<Edge>>;

  void insert(Children& children, std::string_view text, const Match& match);
  void flatten(const Children& children);
  void link();
  [[nodiscard]] Node child(Node node, unsigned char byte) const; // root when there is none

  std::vector<State> nodes_;
  std::vector<Edge> edges_; // by node, sorted by byte
  std::array<Node, 256> from_root_{};
  std::vector<std::string> names_;
  RedactionPrefixes prefixes_;
};

} // namespace deployctl
