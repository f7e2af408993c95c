#include "yaml/text_checks.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/utf8.hpp"
#include "yaml/codes.hpp"
#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

// YAML 1.2 section 5.1, less strict about C0: what is left besides line ends and tabs is a control character.
bool is_control(char32_t c, bool before_newline) {
  if (c == '\n' || c == '\t' || c == 0x85) return false;
  if (c == '\r') return !before_newline;
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

struct Fault {
  std::string_view code;
  std::string message;
  std::string_view help;
};

Fault describe(const CodePoint& c, char first) {
  if (!c.valid)
    return {code::not_utf8, fmt::format("byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(first)),
            "save the file as UTF-8"};
  if (c.value == '\r')
    return {code::control_character, "a carriage return without a line feed", "end lines with LF or CR LF"};
  return {code::control_character,
          fmt::format("control character U+{:04X}", static_cast<std::uint32_t>(c.value)),
          "delete it; inside double quotes it can be written as an escape"};
}

} // namespace

std::vector<Diagnostic> check_bytes(std::string& text, std::uint32_t source) {
  std::vector<Diagnostic> out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8(std::string_view(text).substr(at));
    const std::size_t next = at + std::max<std::size_t>(c.length, 1);
    if (!c.valid || is_control(c.value, next < text.size() && text[next] == '\n')) {
      Fault fault = describe(c, text[at]);
      const bool run = !out.empty() && out.back().span.end == at && out.back().code == fault.code;
      const Span where{source, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(next)};
      if (run)
        out.back().span.end = where.end;
      else
        out.push_back({.code = std::string(fault.code),
                       .message = std::move(fault.message),
                       .span = where,
                       .help = std::string(fault.help)});
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(at),
                text.begin() + static_cast<std::ptrdiff_t>(next), '?');
    }
    at = next;
  }
  return out;
}

std::vector<Diagnostic> check_tabs(std::string_view text, std::uint32_t source, std::vector<Range> opaque) {
  std::vector<Diagnostic> out;
  std::sort(opaque.begin(), opaque.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
  auto next_opaque = opaque.begin();
  std::size_t covered = 0; // how far the ranges that began before this line reach
  for (std::size_t line = 0; line < text.size(); line = next_line(text, line)) {
    const std::size_t content = std::min(text.find_first_not_of(" \t", line), text.size());
    const std::size_t tab = text.substr(line, content - line).find('\t');
    if (tab == std::string_view::npos || is_blank_line(text, line) || text[content] == '#') continue;
    for (; next_opaque != opaque.end() && next_opaque->begin < line; ++next_opaque)
      covered = std::max(covered, next_opaque->end);
    if (line < covered) continue;
    out.push_back(
        {.code = std::string(code::tab_indentation),
         .message = "a tab is used as indentation",
         .span = {source, static_cast<std::uint32_t>(line + tab), static_cast<std::uint32_t>(content)},
         .help = "indent with spaces"});
  }
  return out;
}

} // namespace deployctl::yaml
