// Builds the tree of one document from events: spans with ends, aliases resolved within a budget, merge keys,
// duplicate keys. Finds every mistake that leaves the rest readable; the syntax itself is advice.hpp's.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "yaml/document.hpp"
#include "yaml/events.hpp"
#include "yaml/merge.hpp"

namespace deployctl::yaml {

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What was being read when the syntax failed.
struct ReadingState {
  std::size_t cursor = 0;          // behind the last thing read
  std::optional<std::size_t> flow; // the outermost `[` or `{` that is open
  std::optional<Range> quoted;     // the last scalar, if it was quoted
};

struct TreeOptions {
  std::uint32_t source = 0;
  Limits limits;
  std::vector<Range> blanked; // text that recovery took out: a null there is broken, not missing
};

class TreeBuilder : public EventSink {
public:
  TreeBuilder(std::string_view text, TreeOptions options) : text_(text), options_(std::move(options)) {}

  void document(std::size_t at) override;
  void null(std::size_t at, Anchor anchor) override;
  void alias(std::size_t at, Anchor anchor) override;
  void scalar(std::size_t at, Anchor anchor, std::string value) override;
  void begin(Collection kind, std::size_t at, Anchor anchor, bool flow) override;
  void end() override;
  [[nodiscard]] bool stopped() const override { return stopped_; }

  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] Node take_root() { return std::move(root_); }
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }
  // A quoted scalar that is never closed, where the library is content with the end of the text.
  [[nodiscard]] const std::optional<SyntaxError>& unclosed() const { return unclosed_; }
  [[nodiscard]] ReadingState state() const;
  // Scalars that may span lines and brackets: there tabs and `#` mean nothing special. In order of their
  // begins.
  [[nodiscard]] const std::vector<Range>& opaque() const { return opaque_; }
  [[nodiscard]] const std::vector<Range>& brackets() const { return brackets_; }

private:
  struct Frame {
    Node node;
    Anchor anchor = 0;
    bool flow = false;
    bool has_key = false;
    bool drop_value = false; // the key was refused
    Entry pending;
    bool merge = false;
    std::vector<Node> merges;
    std::unordered_map<std::string, Span> seen;
  };
  struct Anchored {
    Node node;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
    std::size_t height = 0;
    bool open = true;
    Span span;
  };

  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const;
  Diagnostic& report(std::string_view code, Span where, std::string message, std::string help = {});
  void refuse(std::string_view code, Span where, std::string message, std::string help); // and stop reading
  [[nodiscard]] bool at_key() const;
  std::size_t content(std::size_t at); // behind anchor and tag; reports the tag
  void key(Node node);
  void add(Node node, Anchor anchor);
  void place(Node node);
  bool spend(std::size_t nodes, std::size_t bytes, Span where);
  void close_anchor(Anchor anchor, const Node& node);
  [[nodiscard]] std::size_t implicit_null() const;

  std::string_view text_;
  TreeOptions options_;
  std::vector<Frame> frames_;
  std::unordered_map<Anchor, Anchored> anchors_;
  std::vector<Diagnostic> diagnostics_;
  std::vector<Range> opaque_;
  std::vector<Range> brackets_;
  std::optional<SyntaxError> unclosed_;
  std::optional<Range> quoted_;
  Node root_;
  std::size_t cursor_ = 0;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  std::size_t documents_ = 0;
  bool complete_ = false;
  bool stopped_ = false;
};

} // namespace deployctl::yaml
