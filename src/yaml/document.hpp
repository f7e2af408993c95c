// A YAML text as a tree whose every node knows its bytes in the source. Aliases and `<<` are already
// resolved. Knows nothing of the pipeline language; scalars stay text, the field they stand in decides what
// they mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/span.hpp>

#include "base/source.hpp"

namespace deployctl::yaml {

enum class NodeKind { null, scalar, list, map };
enum class Style { plain, quoted, block };

struct Entry;

struct Node {
  NodeKind kind = NodeKind::null;
  Style style = Style::plain;
  std::string text;        // scalar: its value, without quotes and escapes
  Span span;               // scalar: with its quotes; null: the word, or empty right behind the key's colon
  std::vector<Node> items; // list
  std::vector<Entry> entries;   // map, in file order, keys unique; merged ones last
  bool comment_follows = false; // null whose line goes on with a comment: an unquoted `#` emptied it
  bool broken = false; // a mistake inside was reported and the node replaced by null: report nothing more

  [[nodiscard]] bool is_null() const { return kind == NodeKind::null; }
  [[nodiscard]] bool is_scalar() const { return kind == NodeKind::scalar; }
  [[nodiscard]] bool is_list() const { return kind == NodeKind::list; }
  [[nodiscard]] bool is_map() const { return kind == NodeKind::map; }

  // The entry or its value; nullptr when there is none, also when this is no map. Linear: loop over `entries`
  // for many.
  [[nodiscard]] const Entry* entry(std::string_view key) const;
  [[nodiscard]] const Node* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Span key_span;
  Node value;
  bool merged = false; // came in through `<<`
};

// A comment addressed to deployctl: "# deployctl: allow RULE why".
struct Comment {
  Span span;        // from the `#` to the end of the line
  std::size_t line; // from 1
  bool own_line;    // nothing but white space before it: it speaks about the next line
  std::string text; // behind "deployctl:", trimmed
};

struct Document {
  Source source;
  Node root; // null when the text is empty
  std::vector<Comment> comments;

  // The bytes of `node.text[begin, end)` in the source: exact where the text stands there as it is, else the
  // whole node.
  [[nodiscard]] Span part_of(const Node& node, std::size_t begin, std::size_t end) const;
};

// The document is there whenever a tree could be built, also beside errors: a caller goes on looking for more
// mistakes and refuses the document when any diagnostic is an error.
struct ParseOutcome {
  std::optional<Document> document;
  std::vector<Diagnostic> diagnostics; // by position

  [[nodiscard]] bool has_errors() const;
};

struct Limits {
  std::size_t bytes = std::size_t{4} << 20;
  std::size_t depth = 64;
  std::size_t nodes = 100'000; // after aliases are resolved
};

// `source` is the number written into every span.
ParseOutcome parse(std::string name, std::string text, std::uint32_t source = 0, Limits limits = {});

} // namespace deployctl::yaml
