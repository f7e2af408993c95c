#include "ui/report/html.hpp"

#include "base/sanitize.hpp"
#include "ui/style.hpp"

namespace deployctl::ui::report {
namespace {

std::string_view reference_of(char letter) {
  switch (letter) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return {};
  }
}

} // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char letter : one_line(sanitize_line(text))) {
    const std::string_view reference = reference_of(letter);
    if (reference.empty())
      out.push_back(letter);
    else
      out.append(reference);
  }
  return out;
}

std::string element(std::string_view tag, std::string_view classes, std::string_view body) {
  std::string out = "<" + std::string(tag);
  if (!classes.empty()) out.append(" class=\"").append(classes).append("\"");
  return out.append(">").append(body).append("</").append(tag).append(">");
}

std::string section(std::string_view heading, std::string_view body) {
  if (body.empty()) return {};
  return "<section>\n" + element("h2", "", heading) + "\n" + std::string(body) + "</section>\n";
}

} // namespace deployctl::ui::report
