#include "base/secret_escapes.hpp"

#include <array>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl {
namespace {

// What one JSON writer does beyond RFC 8259's minimum.
struct JsonStyle {
  bool ascii;      // \uXXXX for everything beyond ASCII (Python, Jackson with an option)
  bool slash;      // \/ (PHP)
  bool html;       // \u003c \u003e \u0026 (Go)
  bool upper_case; // digits of \uXXXX
};

std::string unicode_escape(char32_t unit, bool upper_case) {
  return upper_case ? fmt::format("\\u{:04X}", static_cast<unsigned>(unit))
                    : fmt::format("\\u{:04x}", static_cast<unsigned>(unit));
}

std::string escape_code_point(char32_t point, bool upper_case) {
  if (point < 0x10000) return unicode_escape(point, upper_case);
  return unicode_escape(0xD800 + ((point - 0x10000) >> 10U), upper_case) +
         unicode_escape(0xDC00 + ((point - 0x10000) & 0x3FFU), upper_case);
}

std::string json_escape(std::string_view text, JsonStyle style) {
  constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  std::string out;
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    const char byte = text.front();
    const bool html = style.html && (byte == '<' || byte == '>' || byte == '&');
    if (const std::size_t found = escaped.find(byte); found != std::string_view::npos)
      out.append("\\").append(1, letters[found]);
    else if (byte == '/' && style.slash)
      out += "\\/";
    else if (point.value < 0x20 || html || (style.ascii && point.valid && point.value >= 0x7F))
      out += escape_code_point(point.value, style.upper_case);
    else
      out += text.substr(0, point.length);
    text.remove_prefix(point.length);
  }
  return out;
}

struct Replacement {
  char byte;
  std::string_view with;
};

template <std::size_t count>
std::string replace_bytes(std::string_view text, const std::array<Replacement, count>& table) {
  std::string out;
  for (const char byte : text) {
    std::string_view with(&byte, 1);
    for (const Replacement& replacement : table)
      if (replacement.byte == byte) with = replacement.with;
    out += with;
  }
  return out;
}

constexpr std::array<Replacement, 5> xml_named = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&apos;"}}};
constexpr std::array<Replacement, 5> xml_decimal = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}}};
constexpr std::array<Replacement, 5> html_python = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#x27;"}}};
constexpr std::array<Replacement, 5> html_php = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#039;"}}};
constexpr std::array<Replacement, 3> xml_text = {{{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}}};
constexpr std::array<Replacement, 4> xml_attribute = {
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}}};
constexpr std::array<Replacement, 1> shell_single = {{{'\'', "'\\''"}}};
constexpr std::array<Replacement, 1> shell_single_mixed = {{{'\'', "'\"'\"'"}}};
constexpr std::array<Replacement, 4> shell_double = {
    {{'"', "\\\""}, {'\\', "\\\\"}, {'$', "\\$"}, {'`', "\\`"}}};
constexpr std::array<Replacement, 5> shell_ansi = {
    {{'\'', "\\'"}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"}}};
constexpr std::array<Replacement, 4> source_single = {
    {{'\'', "\\'"}, {'\\', "\\\\"}, {'\n', "\\n"}, {'\t', "\\t"}}};
constexpr std::array<Replacement, 1> doubled_quote = {{{'\'', "''"}}}; // YAML and SQL

// bash's printf %q without a newline in it: a backslash before everything that the shell may read.
std::string shell_backslashes(std::string_view text) {
  constexpr std::string_view special = " !\"#$&'()*,;<>?[\\]^`{|}~";
  std::string out;
  for (const char byte : text) {
    if (special.find(byte) != std::string_view::npos) out += '\\';
    out += byte;
  }
  return out;
}

std::string lower_percent(std::string text) {
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%', at + 3))
    text.replace(at, 3, to_lower(std::string_view(text).substr(at, 3)));
  return text;
}

void add_percent(std::vector<std::string>& out, std::string_view text) {
  // RFC 3986 strict; encodeURIComponent; paths; encodeURI; form writers that keep "*".
  for (const std::string_view keep :
       {"", "!'()*", "/", "/!'()*", "!*'();:@&=+$,/?#[]", "*", "!$&'()*+,;=:@"}) {
    const std::string upper = percent_encode(text, keep);
    for (const std::string& hex : {upper, lower_percent(upper)}) {
      out.push_back(hex);
      out.push_back(replace_all(hex, "%20", "+"));
    }
  }
}

} // namespace

std::vector<std::string> escapes_of(std::string_view text) {
  std::vector<std::string> out;
  for (unsigned bits = 0; bits < 16; ++bits) {
    const JsonStyle style{(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0};
    out.push_back(json_escape(text, style));
    out.push_back(json_escape(out.back(), style)); // a JSON document inside a JSON string
  }
  add_percent(out, text);
  out.push_back(replace_bytes(text, xml_named));
  out.push_back(replace_bytes(text, xml_decimal));
  out.push_back(replace_bytes(text, html_python));
  out.push_back(replace_bytes(text, html_php));
  out.push_back(replace_bytes(text, xml_text));
  out.push_back(replace_bytes(text, xml_attribute));
  out.push_back(replace_bytes(text, shell_single));
  out.push_back(replace_bytes(text, shell_single_mixed));
  out.push_back(replace_bytes(text, shell_double));
  out.push_back(replace_bytes(text, shell_ansi));
  out.push_back(replace_bytes(text, source_single));
  out.push_back(replace_bytes(text, doubled_quote));
  out.push_back(shell_backslashes(text));
  return out;
}

} // namespace deployctl
