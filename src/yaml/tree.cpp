#include "yaml/tree.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "yaml/codes.hpp"
#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

constexpr std::array<std::string_view, 4> null_words = {"~", "null", "Null", "NULL"};
constexpr std::size_t text_growth = 4; // aliases may repeat this many times the text that a file may hold

bool is_null_word(std::string_view word) {
  return std::find(null_words.begin(), null_words.end(), word) != null_words.end();
}

bool comment_behind(std::string_view text, std::size_t at) {
  const std::size_t next = std::min(text.find_first_not_of(" \t", at), text.size());
  return next > at && next < text.size() && text[next] == '#';
}

bool is_key_word(std::string_view text, std::size_t behind) {
  const std::size_t next = std::min(text.find_first_not_of(" \t", behind), text.size());
  return next < text.size() && text[next] == ':';
}

} // namespace

Span TreeBuilder::span(std::size_t begin, std::size_t end) const {
  return {options_.source, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
}

Diagnostic& TreeBuilder::report(std::string_view code, Span where, std::string message, std::string help) {
  return diagnostics_.emplace_back(Diagnostic{
      .code = std::string(code), .message = std::move(message), .span = where, .help = std::move(help)});
}

void TreeBuilder::refuse(std::string_view code, Span where, std::string message, std::string help) {
  report(code, where, std::move(message), std::move(help));
  stopped_ = true;
}

ReadingState TreeBuilder::state() const {
  ReadingState out{.cursor = cursor_, .flow = {}, .quoted = quoted_};
  const auto open =
      std::find_if(frames_.begin(), frames_.end(), [](const Frame& frame) { return frame.flow; });
  if (open != frames_.end()) out.flow = open->node.span.begin;
  return out;
}

bool TreeBuilder::at_key() const {
  return !frames_.empty() && frames_.back().node.is_map() && !frames_.back().has_key;
}

void TreeBuilder::document(std::size_t at) {
  if (++documents_ == 1) return;
  const bool marked = text_.substr(at, 3) == "---";
  refuse(code::second_document, span(at, marked ? at + 3 : line_end(text_, at)),
         marked ? "a second document begins here" : "this line does not belong to what stands above it",
         marked ? "keep one document in the file; delete this line and what follows, or move it to a file of "
                  "its own"
                : "write a list or a map at this level, not one after the other");
}

std::size_t TreeBuilder::content(std::size_t at) {
  const Properties properties = skip_properties(text_, at);
  if (properties.tag)
    report(code::tag, span(*properties.tag, word_end(text_, *properties.tag)), "YAML tags are not allowed",
           "delete the tag: the field decides what type a value has; quote a text that begins with '!'");
  return properties.content;
}

bool TreeBuilder::spend(std::size_t nodes, std::size_t bytes, Span where) {
  nodes_ += nodes;
  bytes_ += bytes;
  if (nodes_ <= options_.limits.nodes && bytes_ <= text_growth * options_.limits.bytes) return true;
  refuse(code::too_many_nodes, where,
         fmt::format("more than {} values once aliases are resolved", options_.limits.nodes),
         "use fewer aliases, or split the pipeline");
  return false;
}

std::size_t TreeBuilder::implicit_null() const {
  if (frames_.empty()) return cursor_;
  const std::size_t next = skip_blank(text_, cursor_);
  if (at_key()) return next;
  const char mark = frames_.back().node.is_map() ? ':' : '-';
  return next < text_.size() && text_[next] == mark ? next + 1 : cursor_;
}

void TreeBuilder::null(std::size_t at, Anchor anchor) {
  const std::size_t implicit = implicit_null();
  at = std::max(skip_properties(text_, at).content, implicit);
  std::size_t end = word_end(text_, at);
  if (at_key() && end > at && text_[end - 1] == ':') --end;
  Node node;
  if (at < text_.size() && is_null_word(text_.substr(at, end - at)) &&
      (at_key() || !is_key_word(text_, end))) {
    node.span = span(at, end);
  } else {
    node.span = span(implicit, implicit);
    node.comment_follows = comment_behind(text_, implicit);
    node.broken = std::any_of(options_.blanked.begin(), options_.blanked.end(), [&](const Range& range) {
      return range.begin >= implicit && range.begin <= skip_blank(text_, implicit);
    });
  }
  cursor_ = node.span.end;
  add(std::move(node), anchor);
}

void TreeBuilder::scalar(std::size_t at, Anchor anchor, std::string value) {
  const std::size_t begin = at;
  at = content(at);
  const ScalarExtent extent = scalar_extent(text_, at, value);
  Node node{.kind = NodeKind::scalar,
            .style = extent.style,
            .text = std::move(value),
            .span = span(at, extent.end)};
  if (!extent.closed) {
    unclosed_ = SyntaxError{.message = "", .at = at};
    stopped_ = true;
  }
  if (node.style == Style::plain && node.text.empty() && at > begin) // a tag before nothing
    node = Node{.span = span(begin, word_end(text_, begin)), .broken = true};
  quoted_ = node.style == Style::quoted ? std::optional(Range{at, extent.end}) : std::nullopt;
  if (node.style != Style::plain) opaque_.push_back({at, extent.end});
  cursor_ = node.span.end;
  add(std::move(node), anchor);
}

void TreeBuilder::alias(std::size_t at, Anchor anchor) {
  cursor_ = word_end(text_, at);
  const Span where = span(at, cursor_);
  const auto found = anchors_.find(anchor);
  Node node{.span = where, .broken = true};
  if (found == anchors_.end() || found->second.open) {
    Diagnostic& cycle =
        report(code::alias_cycle, where,
               fmt::format("alias '{}' stands inside what it names", text_.substr(at, cursor_ - at)),
               "an alias repeats a finished value: write the value out here");
    if (found != anchors_.end())
      cycle.notes.push_back({.text = "the anchor is here", .span = found->second.span});
  } else if (frames_.size() + found->second.height > options_.limits.depth) {
    return refuse(code::too_deep, where, fmt::format("deeper than {} levels", options_.limits.depth),
                  "nest less");
  } else if (!spend(found->second.nodes, found->second.bytes, where)) {
    return;
  } else {
    node = found->second.node;
  }
  add(std::move(node), 0);
}

void TreeBuilder::begin(Collection kind, std::size_t at, Anchor anchor, bool flow) {
  if (anchor != 0) anchors_[anchor].span = span(at, word_end(text_, at));
  at = content(at);
  if (frames_.size() == options_.limits.depth)
    return refuse(code::too_deep, span(at, at + 1),
                  fmt::format("deeper than {} levels", options_.limits.depth), "nest less");
  Frame frame;
  frame.node.kind = kind == Collection::list ? NodeKind::list : NodeKind::map;
  frame.node.span = span(at, at);
  frame.flow = flow;
  frame.anchor = anchor;
  const bool bracket = at < text_.size() && (text_[at] == '[' || text_[at] == '{');
  cursor_ = bracket ? at + 1 : at;
  frames_.push_back(std::move(frame));
}

void TreeBuilder::end() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  const char first = frame.node.span.begin < text_.size() ? text_[frame.node.span.begin] : ' ';
  if (frame.flow && (first == '[' || first == '{')) {
    const char last = first == '[' ? ']' : '}';
    std::size_t close = skip_blank(text_, cursor_);
    while (close < text_.size() && (text_[close] == ',' || text_[close] == ':'))
      close = skip_blank(text_, close + 1);
    cursor_ = close < text_.size() && text_[close] == last ? close + 1 : cursor_;
    brackets_.push_back({frame.node.span.begin, cursor_});
  }
  frame.node.span.end = static_cast<std::uint32_t>(cursor_);
  if (const auto wrong = merge_into(frame.node, frame.merges))
    report(code::merge_not_map, *wrong, "'<<' takes a map or a list of maps",
           "write the alias of a map: `<<: *defaults`, or `<<: [*defaults, *more]`");
  add(std::move(frame.node), frame.anchor);
}

void TreeBuilder::close_anchor(Anchor anchor, const Node& node) {
  const TreeSize size = measure(node);
  // A copy is kept for every anchor, so nested anchors count too.
  if (!spend(size.nodes, size.bytes, node.span)) return;
  anchors_[anchor] = {node, size.nodes, size.bytes, size.height, false, node.span};
}

void TreeBuilder::add(Node node, Anchor anchor) {
  if (stopped_ || !spend(1, node.text.size(), node.span)) return;
  if (anchor != 0) close_anchor(anchor, node);
  if (at_key()) return key(std::move(node));
  place(std::move(node));
}

void TreeBuilder::key(Node node) {
  Frame& frame = frames_.back();
  frame.has_key = true;
  frame.merge = node.is_scalar() && node.style == Style::plain && node.text == "<<";
  frame.drop_value = !node.is_scalar();
  frame.pending = Entry{.key = node.text, .key_span = node.span, .value = {}};
  if (!node.is_scalar()) {
    report(code::key_not_text, node.span, "a key must be a text",
           node.is_map() && frame.flow ? "quote a text that holds '{' or '}'" : "write `key: value`");
    return;
  }
  const auto [first, is_new] = frame.seen.emplace(node.text, node.span);
  if (is_new) return;
  frame.drop_value = true;
  Diagnostic& twice =
      report(code::duplicate_key, node.span, fmt::format("key '{}' is written twice", node.text),
             "keep one of them, or join their values");
  twice.label = "again here";
  twice.notes.push_back(
      {.text = fmt::format("'{}' was first written here", node.text), .span = first->second});
}

void TreeBuilder::place(Node node) {
  if (frames_.empty()) {
    root_ = std::move(node);
    complete_ = true;
    return;
  }
  Frame& frame = frames_.back();
  if (frame.node.is_list()) {
    frame.node.items.push_back(std::move(node));
    return;
  }
  frame.has_key = false;
  if (frame.drop_value) return;
  if (frame.merge) {
    frame.merges.push_back(std::move(node));
    return;
  }
  frame.pending.value = std::move(node);
  frame.node.entries.push_back(std::move(frame.pending));
}

} // namespace deployctl::yaml
