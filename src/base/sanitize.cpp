#include "base/sanitize.hpp"

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl {
namespace {

constexpr char escape = '\x1b';

bool is_between(char byte, unsigned char first, unsigned char last) {
  const auto code = static_cast<unsigned char>(byte);
  return code >= first && code <= last;
}

// Length of the bytes at the front that lie in a range.
std::size_t run_of(std::string_view text, unsigned char first, unsigned char last) {
  std::size_t length = 0;
  while (length < text.size() && is_between(text[length], first, last)) ++length;
  return length;
}

// A string sequence (OSC, DCS, SOS, PM, APC) ends with ST or, for OSC, BEL; one without an end takes the
// rest.
std::size_t string_sequence(std::string_view text) {
  for (std::size_t at = 2; at < text.size(); ++at) {
    if (text[at] == '\a') return at + 1;
    if (text[at] == escape) return at + 1 < text.size() && text[at + 1] == '\\' ? at + 2 : at;
  }
  return text.size();
}

// Length of the escape sequence at the front of `text` (ECMA-48), at least 1.
std::size_t escape_sequence(std::string_view text) {
  if (text.size() < 2) return 1;
  if (text[1] == '[') {
    std::size_t length = 2 + run_of(text.substr(2), 0x30, 0x3F);
    length += run_of(text.substr(length), 0x20, 0x2F);
    return length < text.size() && is_between(text[length], 0x40, 0x7E) ? length + 1 : length;
  }
  if (std::string_view("]PX^_").find(text[1]) != std::string_view::npos) return string_sequence(text);
  const std::size_t length = 1 + run_of(text.substr(1), 0x20, 0x2F);
  return length < text.size() && is_between(text[length], 0x30, 0x7E) ? length + 1 : length;
}

// Select Graphic Rendition: ESC [ digits ; : m
bool is_colour(std::string_view sequence) {
  return sequence.size() >= 3 && sequence[1] == '[' && sequence.back() == 'm' &&
         sequence.substr(2, sequence.size() - 3).find_first_not_of("0123456789;:") == std::string_view::npos;
}

// Controls, and marks that reorder or break what a person reads (Unicode TR 36 and 39).
bool is_dropped(char32_t point) {
  const bool control = (point < 0x20 && point != '\t') || (point >= 0x7F && point < 0xA0);
  const bool reorders = point == 0x61C || point == 0x200E || point == 0x200F ||
                        (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  return control || reorders;
}

} // namespace

std::string sanitize_line(std::string_view line, Colours colours) {
  std::string out;
  out.reserve(line.size());
  bool coloured = false;
  while (!line.empty()) {
    if (line.front() == escape) {
      const std::string_view sequence = line.substr(0, escape_sequence(line));
      if (colours == Colours::keep && is_colour(sequence)) {
        out += sequence;
        coloured = true;
      }
      line.remove_prefix(sequence.size());
      continue;
    }
    const CodePoint point = decode_utf8(line);
    if (!is_dropped(point.value)) append_utf8(out, point.value);
    line.remove_prefix(point.length);
  }
  return coloured ? out += "\x1b[0m" : out;
}

LineSplitter::LineSplitter(Consumer consumer, Colours colours)
    : consumer_(std::move(consumer)), colours_(colours) {}

void LineSplitter::feed(std::string_view chunk) {
  for (const char byte : chunk) {
    if (byte == '\n') {
      emit();
      continue;
    }
    if (returned_ && byte != '\r') {
      line_.clear(); // drawn over
      cut_ = 0;
    }
    returned_ = byte == '\r';
    if (returned_) continue;
    if (line_.size() < longest_line)
      line_ += byte;
    else
      ++cut_;
  }
}

void LineSplitter::finish() {
  if (!line_.empty() || cut_ > 0) emit();
}

void LineSplitter::emit() {
  std::string line = sanitize_line(line_, colours_);
  if (cut_ > 0) line += fmt::format(" [{} bytes cut]", cut_);
  line_.clear();
  cut_ = 0;
  returned_ = false;
  consumer_(line);
}

std::vector<std::string> last_lines(std::string_view output, std::size_t most) {
  std::vector<std::string> lines;
  LineSplitter splitter([&](std::string_view line) {
    if (!trim(line).empty()) lines.emplace_back(line);
  });
  splitter.feed(output);
  splitter.finish();
  if (lines.size() > most)
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(lines.size() - most));
  return lines;
}

} // namespace deployctl
