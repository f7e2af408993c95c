#include "base/redaction_walk.hpp"

#include <algorithm>

#include "base/secret_forms.hpp"
#include "base/strings.hpp"

namespace deployctl {

bool ByteFilter::sees(char byte) {
  if (reading_ == Reading::raw) return true;
  if (in_escape(byte) || byte == '\r') return false;
  if (reading_ == Reading::without_escapes) return true;
  if (byte == '\n')
    after_line_end_ = true;
  else if (byte != ' ' && byte != '\t')
    after_line_end_ = false;
  return !after_line_end_;
}

// Only CSI and short sequences: the text inside an OSC may itself hold a secret and stays visible.
bool ByteFilter::in_escape(char byte) {
  constexpr int longest_sequence = 64;
  const auto code = static_cast<unsigned char>(byte);
  if (byte == '\x1b') {
    state_ = State::escape;
    length_ = 0;
    return true;
  }
  if (state_ == State::text) return false;
  if (++length_ > longest_sequence || code < 0x20 || code > 0x7E) {
    state_ = State::text;
    return false;
  }
  if (state_ == State::escape && byte == '[')
    state_ = State::control;
  else if (code >= (state_ == State::control ? 0x40 : 0x30))
    state_ = State::text;
  return true;
}

void RedactionWalk::start(char before, bool between_lines) {
  node_ = RedactionTable::root;
  seen_.clear();
  before_ = before;
  pending_.clear();
  filter_ = ByteFilter(reading_, between_lines);
}

bool RedactionWalk::take(const RedactionTable& table, char byte, std::uint64_t at, Found& found) {
  if (!filter_.sees(byte)) return false;
  settle(is_letter_or_digit(byte), found);
  node_ = table.next(node_, static_cast<unsigned char>(byte));
  seen_.push_back({at, byte});
  table.for_each_match(node_, [&](const RedactionTable::Match& match) { add(match, found); });
  const std::size_t needed = table.open_depth(node_);
  if (needed == 0)
    forget(seen_.size());
  else if (seen_.size() > 2 * needed + 64)
    forget(seen_.size() - needed);
  return true;
}

std::optional<std::size_t> RedactionWalk::settled_depth(const RedactionTable& table) const {
  if (!pending_.empty()) return std::nullopt;
  return table.open_depth(node_);
}

std::optional<std::uint64_t> RedactionWalk::open_from(const RedactionTable& table) const {
  std::optional<std::uint64_t> first;
  if (const std::size_t depth = table.open_depth(node_); depth > 0) first = seen_[seen_.size() - depth].at;
  for (const RedactedInterval& pending : pending_)
    first = std::min(first.value_or(pending.begin), pending.begin);
  return first;
}

void RedactionWalk::finish(const RedactionTable& table, Found& found) {
  settle(false, found);
  const std::size_t open = table.open_depth(node_);
  for (auto node = node_; node != RedactionTable::root; node = table.fallback(node)) {
    const std::size_t depth = table.depth(node);
    if (depth > open) continue; // whole, and found already
    if (depth < shortest_anywhere) break;
    const RedactionTable::Match& shortest = table.shortest_through(node);
    if (2 * depth < shortest.length) continue;
    found.push_back({seen_[seen_.size() - depth].at, seen_.back().at + 1, shortest.name});
    break;
  }
}

void RedactionWalk::add(const RedactionTable::Match& match, Found& found) {
  const std::size_t first = seen_.size() - match.length;
  const RedactedInterval interval{seen_[first].at, seen_.back().at + 1, match.name};
  const bool is_short = match.length < shortest_anywhere;
  if (is_short && reading_ == Reading::joined_lines) return; // joined lines have lost their boundaries
  const char before = first > 0 ? seen_[first - 1].byte : before_;
  if (match.left_boundary && is_letter_or_digit(before)) return;
  if (match.right_boundary)
    pending_.push_back(interval);
  else
    found.push_back(interval);
}

// Decides about matches that waited for the byte behind them.
void RedactionWalk::settle(bool touches_word, Found& found) {
  if (!touches_word) found.insert(found.end(), pending_.begin(), pending_.end());
  pending_.clear();
}

void RedactionWalk::forget(std::size_t count) {
  if (count == 0) return;
  before_ = seen_[count - 1].byte;
  seen_.erase(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(count));
}

} // namespace deployctl
