#include "yaml/merge.hpp"

#include <algorithm>
#include <unordered_set>

namespace deployctl::yaml {
namespace {

class Merger {
public:
  explicit Merger(Node& map) : map_(map) {
    for (const Entry& entry : map.entries) known_.insert(entry.key);
  }

  void take(const Node& source) {
    if (source.is_map()) return take_entries(source);
    if (!source.broken && !wrong_) wrong_ = source.span;
  }

  [[nodiscard]] std::optional<Span> wrong() const { return wrong_; }

private:
  void take_entries(const Node& source) {
    for (const Entry& entry : source.entries) {
      if (!known_.insert(entry.key).second) continue;
      map_.entries.push_back(entry);
      map_.entries.back().merged = true;
    }
  }

  Node& map_;
  std::unordered_set<std::string> known_;
  std::optional<Span> wrong_;
};

} // namespace

std::optional<Span> merge_into(Node& map, const std::vector<Node>& sources) {
  Merger merger(map);
  for (const Node& source : sources) {
    if (!source.is_list()) merger.take(source);
    for (const Node& item : source.items) merger.take(item);
  }
  return merger.wrong();
}

TreeSize measure(const Node& node) {
  TreeSize size{.nodes = 1, .bytes = node.text.size(), .height = 0};
  const auto include = [&size](const Node& child) {
    const TreeSize below = measure(child);
    size.nodes += below.nodes;
    size.bytes += below.bytes;
    size.height = std::max(size.height, below.height);
  };
  for (const Node& item : node.items) include(item);
  for (const Entry& entry : node.entries) {
    include(entry.value);
    size.bytes += entry.key.size();
  }
  if (node.is_list() || node.is_map()) ++size.height;
  return size;
}

} // namespace deployctl::yaml
