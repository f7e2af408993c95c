#include "base/manual.hpp"

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl {
namespace {

constexpr std::size_t columns = 76;
constexpr std::string_view day = "November 22, 2026"; // when the form of the pages last changed

// '-' stays a hyphen inside words and is a minus where it begins one, so that flags can be copied.
std::string escaped(std::string_view word) {
  std::string out = replace_all(word, "\\", "\\e");
  out = replace_all(out, "--", "\\-\\-");
  if (out.starts_with("-")) out.replace(0, 1, "\\-");
  return out;
}

std::string guarded(const std::string& line) {
  return line.starts_with(".") || line.starts_with("'") ? "\\&" + line : line;
}

bool ends_sentence(std::string_view word) {
  return word.ends_with(".") || word.ends_with("!") || word.ends_with("?");
}

} // namespace

std::string manual_word(std::string_view word) {
  std::string out = escaped(word);
  if (out.find_first_of(" \"") == std::string::npos) return out;
  return "\"" + replace_all(out, "\"", "\"\"") + "\"";
}

Manual::Manual(std::string_view name, int chapter, std::string_view summary) {
  if (summary.ends_with(".")) summary.remove_suffix(1);
  std::string title(name);
  for (char& letter : title)
    letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  text_ = fmt::format(".\\\" Made from the tables of deployctl; not edited by hand.\n.Dd {}\n.Dt {} {}\n.Os\n"
                      ".Sh NAME\n.Nm {}\n.Nd {}\n",
                      day, title, chapter, name,
                      escaped(to_lower(summary.substr(0, 1))) + std::string(summary.substr(1)));
}

void Manual::section(std::string_view title) {
  text_ += ".Sh " + std::string(title) + "\n";
  after_heading_ = true;
}

void Manual::subsection(std::string_view title) {
  text_ += ".Ss " + manual_word(title) + "\n";
  after_heading_ = true;
}

void Manual::macro(std::string_view line) {
  text_ += std::string(line) + "\n";
  after_heading_ = false;
}

// A new line for every sentence, as the format wants it, and where one would be too long.
void Manual::lines(std::string_view text) {
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) text_ += guarded(line) + "\n";
    line.clear();
  };
  for (const std::string_view each : split(text, ' ')) {
    const std::string word = escaped(trim(each));
    if (word.empty()) continue;
    if (!line.empty() && line.size() + 1 + word.size() > columns) flush();
    line += (line.empty() ? "" : " ") + word;
    if (ends_sentence(word)) flush();
  }
  flush();
}

void Manual::paragraph(std::string_view text) {
  if (!after_heading_) text_ += ".Pp\n";
  lines(text);
  after_heading_ = false;
}

void Manual::code(std::string_view text) {
  text_ += ".Bd -literal -offset indent\n";
  for (const std::string_view line : split(text, '\n')) text_ += guarded(escaped(line)) + "\n";
  text_ += ".Ed\n";
  after_heading_ = false;
}

void Manual::begin_list() {
  text_ += ".Bl -tag -width Ds\n";
}

void Manual::entry(std::string_view macros, std::string_view text) {
  text_ += ".It " + std::string(macros) + "\n";
  lines(text);
}

void Manual::end_list() {
  text_ += ".El\n";
  after_heading_ = false;
}

} // namespace deployctl
