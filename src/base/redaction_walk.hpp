// One reading of a stream through the redactor's automaton: finds forms of secrets and tells how far the text
// is settled. For redactor.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/redaction_table.hpp"

namespace deployctl {

// Three ways to read the same bytes, because a secret may be coloured, cut by a terminal's width, or follow
// what only looks like an escape sequence.
enum class Reading { raw, without_escapes, joined_lines };

// Tells which bytes a reading sees.
class ByteFilter {
public:
  // `between_lines`: behind the end of a line and before what is not blank.
  explicit ByteFilter(Reading reading, bool between_lines = false)
      : reading_(reading), after_line_end_(between_lines) {}

  bool sees(char byte);

private:
  enum class State { text, escape, control };

  bool in_escape(char byte);

  Reading reading_;
  State state_ = State::text;
  int length_ = 0;
  bool after_line_end_;
};

// Bytes of the stream, counted from its begin, that are to be masked.
struct RedactedInterval {
  std::uint64_t begin;
  std::uint64_t end;
  std::uint32_t name; // index into the table's names
};

class RedactionWalk {
public:
  using Found = std::vector<RedactedInterval>;

  explicit RedactionWalk(Reading reading) : reading_(reading), filter_(reading) {}

  // Begins anew behind a byte of the stream, at a place where no escape sequence is open.
  void start(char before, bool between_lines);
  // The byte at position `at` of the stream. False: this reading does not see it.
  bool take(const RedactionTable& table, char byte, std::uint64_t at, Found& found);
  // The first byte that may still become part of a match, if there is one.
  [[nodiscard]] std::optional<std::uint64_t> open_from(const RedactionTable& table) const;
  // Bytes that the longest form still possible has taken; nothing when what was found waits for the next
  // byte.
  [[nodiscard]] std::optional<std::size_t> settled_depth(const RedactionTable& table) const;
  // The end of the stream: an open match of at least 8 bytes and half of a form counts.
  void finish(const RedactionTable& table, Found& found);

private:
  struct Seen {
    std::uint64_t at;
    char byte;
  };

  void add(const RedactionTable::Match& match, Found& found);
  void settle(bool touches_word, Found& found);
  void forget(std::size_t count);

  Reading reading_;
  ByteFilter filter_;
  RedactionTable::Node node_ = RedactionTable::root;
  std::vector<Seen> seen_; // at least the open bytes
  char before_ = '\0';     // the byte before them
  Found pending_;          // whole, but the byte behind them decides
};

} // namespace deployctl
