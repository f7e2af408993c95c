// Reading YAML text by hand, where yaml-cpp's events do not say enough: where things end. Offsets are bytes.
// Never decides what is valid: it is asked only about text the parser has accepted, and stays inside the text
// on any other.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "yaml/document.hpp"

namespace deployctl::yaml {

// One past the last byte of a plain scalar that begins here and has this value; follows folded lines.
std::size_t plain_end(std::string_view text, std::size_t begin, std::string_view value);

// One past the closing quote of the scalar that begins with a quote here; nothing when it is never closed.
std::optional<std::size_t> quoted_end(std::string_view text, std::size_t begin);

// One past the last line of content of the block scalar whose `|` or `>` stands here, without its line end.
std::size_t block_end(std::string_view text, std::size_t begin);

// How a scalar with this value, which begins here, is written and where it ends.
struct ScalarExtent {
  Style style = Style::plain;
  std::size_t end = 0;
  bool closed = true; // false: a quote that the text ends before
};
ScalarExtent scalar_extent(std::string_view text, std::size_t begin, std::string_view value);

// Behind `&anchor` and `!tag`, which may stand before a node.
struct Properties {
  std::size_t content = 0;        // where the node itself begins
  std::optional<std::size_t> tag; // where its tag begins
};
Properties skip_properties(std::string_view text, std::size_t begin);

// One past a word: up to white space or, inside brackets, one of `,[]{}`.
std::size_t word_end(std::string_view text, std::size_t begin);

// The first byte that is neither white space nor comment.
std::size_t skip_blank(std::string_view text, std::size_t begin);

std::size_t line_begin(std::string_view text, std::size_t offset);
std::size_t line_end(std::string_view text, std::size_t offset); // before "\n" or "\r\n"
std::size_t next_line(std::string_view text, std::size_t offset);
std::size_t indentation(std::string_view text,
                        std::size_t line); // spaces at the begin of the line that begins here
bool is_blank_line(std::string_view text, std::size_t line);

// "- - key: value": where the key begins, and behind its colon; no colon when the line has no key.
struct LineShape {
  std::size_t content = 0;
  std::optional<std::size_t> colon;
};
LineShape line_shape(std::string_view text, std::size_t line);

} // namespace deployctl::yaml
