// Any bytes give a document whose spans lie inside the text and inside each other, or a mistake that says
// where.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>

#include "yaml/document.hpp"

namespace {

using deployctl::Span;
using deployctl::yaml::Document;
using deployctl::yaml::Entry;
using deployctl::yaml::Node;

void expect(bool holds) {
  if (!holds) std::abort();
}

class Checker {
public:
  explicit Checker(const Document& document) : document_(document), size_(document.source.text.size()) {}

  void span(Span span) const { expect(span.begin <= span.end && span.end <= size_); }

  void node(const Node& node, std::size_t depth) {
    expect(depth <= 65 && ++nodes_ <= 100'000);
    span(node.span);
    if (node.is_scalar() && !node.text.empty()) {
      const Span part = document_.part_of(node, 0, 1);
      expect(part.begin >= node.span.begin && part.end <= node.span.end);
    }
    for (const Node& item : node.items) this->node(item, depth + 1);
    std::set<std::string> keys;
    for (const Entry& entry : node.entries) {
      expect(keys.insert(entry.key).second);
      span(entry.key_span);
      this->node(entry.value, depth + 1);
    }
  }

private:
  const Document& document_;
  std::size_t size_;
  std::size_t nodes_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto outcome = deployctl::yaml::parse("f", text);
  expect(outcome.document || outcome.has_errors());
  for (const auto& diagnostic : outcome.diagnostics) {
    expect(diagnostic.span.begin <= diagnostic.span.end && diagnostic.span.end <= size);
    expect(!diagnostic.code.empty() && !diagnostic.message.empty());
    for (const auto& note : diagnostic.notes) expect(!note.span || note.span->end <= size);
  }
  if (outcome.document) Checker(*outcome.document).node(outcome.document->root, 0);
  return 0;
}
