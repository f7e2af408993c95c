#include <algorithm>

#include <fmt/core.h>

#include "yaml/advice.hpp"
#include "yaml/codes.hpp"
#include "yaml/comments.hpp"
#include "yaml/document.hpp"
#include "yaml/recovery.hpp"
#include "yaml/scan.hpp"
#include "yaml/text_checks.hpp"
#include "yaml/tree.hpp"

namespace deployctl::yaml {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_attempts = 20;
constexpr std::size_t bytes_for_all_attempts = std::size_t{2} << 20;

Diagnostic to_diagnostic(Advice advice, std::uint32_t source) {
  const auto span = [source](Range range) {
    return Span{source, static_cast<std::uint32_t>(range.begin), static_cast<std::uint32_t>(range.end)};
  };
  Diagnostic out{.code = std::string(advice.code),
                 .message = std::move(advice.message),
                 .span = span(advice.where),
                 .label = std::move(advice.label),
                 .help = std::move(advice.help)};
  if (advice.note_at) out.notes.push_back({.text = std::move(advice.note), .span = span(*advice.note_at)});
  return out;
}

void append(std::vector<Diagnostic>& to, std::vector<Diagnostic> from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Reads, and where the syntax is broken takes the broken value out and reads again.
class Reading {
public:
  Reading(std::string text, TreeOptions options)
      : written_(std::move(text)), text_(written_), options_(std::move(options)) {}

  void run() {
    const std::size_t attempts = std::clamp<std::size_t>(
        bytes_for_all_attempts / std::max<std::size_t>(text_.size(), 1), 2, most_attempts);
    for (std::size_t attempt = 0; attempt < attempts; ++attempt)
      if (!attempt_once()) return;
  }

  std::optional<Node> root;
  std::vector<Comment> comments;
  std::vector<Diagnostic> diagnostics;

private:
  bool attempt_once() { // true: something was taken out, read again
    TreeBuilder tree(text_, options_);
    std::optional<SyntaxError> error = read_events(text_, tree);
    if (tree.unclosed()) error = tree.unclosed();
    if (!error) {
      finish(tree);
      return false;
    }
    Advice advice = advise({text_, *error, tree.state()});
    if (take_out_tabs(advice)) return true;
    const std::size_t recover_at = advice.recover_at;
    diagnostics.push_back(to_diagnostic(std::move(advice), options_.source));
    const auto blanked = blank_value(text_, recover_at);
    if (blanked) options_.blanked.push_back(*blanked);
    return blanked.has_value();
  }

  void finish(TreeBuilder& tree) {
    append(diagnostics, tree.diagnostics());
    std::vector<Range> quiet = tree.opaque();
    quiet.insert(quiet.end(), tree.brackets().begin(), tree.brackets().end());
    append(diagnostics, check_tabs(written_, options_.source, std::move(quiet)));
    comments = find_comments(text_, options_.source, tree.opaque());
    if (tree.complete())
      root = tree.take_root();
    else if (!tree.stopped())
      root = Node{.span = {options_.source, 0, 0}};
  }

  // A tab at the begin of a line makes the library fail there or a line later, with other words. With blanks
  // in their place the rest can be read; finish() reports the tabs.
  bool take_out_tabs(const Advice& advice) {
    const std::size_t line = line_begin(text_, advice.where.begin);
    const std::size_t above = line_begin(text_, line == 0 ? 0 : line - 1);
    const std::vector<Diagnostic> tabs = check_tabs(text_, options_.source, {});
    const bool explains = std::any_of(tabs.begin(), tabs.end(), [&](const Diagnostic& tab) {
      return tab.span.begin >= above && tab.span.begin < line_end(text_, line);
    });
    if (!explains) return false;
    for (const Diagnostic& tab : tabs)
      std::replace(text_.begin() + tab.span.begin, text_.begin() + tab.span.end, '\t', ' ');
    return true;
  }

  std::string written_;
  std::string text_;
  TreeOptions options_;
};

void shift(Span& span, std::uint32_t by) {
  span.begin += by;
  span.end += by;
}

void shift(Node& node, std::uint32_t by) {
  shift(node.span, by);
  for (Node& item : node.items) shift(item, by);
  for (Entry& entry : node.entries) {
    shift(entry.key_span, by);
    shift(entry.value, by);
  }
}

void shift(Reading& reading, std::uint32_t by) {
  if (reading.root) shift(*reading.root, by);
  for (Comment& comment : reading.comments) shift(comment.span, by);
  for (Diagnostic& diagnostic : reading.diagnostics) {
    shift(diagnostic.span, by);
    for (Diagnostic::Note& note : diagnostic.notes)
      if (note.span) shift(*note.span, by);
  }
}

ParseOutcome too_large(std::size_t size, std::uint32_t source, const Limits& limits) {
  return {.document = {},
          .diagnostics = {{.code = std::string(code::too_large),
                           .message = fmt::format("the file has {} bytes, more than {}", size, limits.bytes),
                           .span = {source, 0, 0},
                           .help = "move data out of the pipeline into files that steps name"}}};
}

} // namespace

ParseOutcome parse(std::string name, std::string text, std::uint32_t source, Limits limits) {
  if (text.size() > limits.bytes) return too_large(text.size(), source, limits);
  // yaml-cpp skips the mark and does not count it, so it is taken off first and added to every span
  // afterwards.
  const bool marked = text.substr(0, byte_order_mark.size()) == byte_order_mark;
  std::string readable = text.substr(marked ? byte_order_mark.size() : 0);
  std::vector<Diagnostic> diagnostics = check_bytes(readable, source);
  Reading reading(std::move(readable), {.source = source, .limits = limits, .blanked = {}});
  reading.diagnostics = std::move(diagnostics);
  reading.run();
  if (marked) shift(reading, static_cast<std::uint32_t>(byte_order_mark.size()));
  std::stable_sort(reading.diagnostics.begin(), reading.diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  ParseOutcome out{.document = {}, .diagnostics = std::move(reading.diagnostics)};
  if (reading.root)
    out.document = Document{.source = {std::move(name), std::move(text)},
                            .root = *std::move(reading.root),
                            .comments = std::move(reading.comments)};
  return out;
}

} // namespace deployctl::yaml
