// A page of the system's manual in mdoc(7), from text and tables: for the pages of the commands and of the
// language, which are generated and checked in. Escapes what the format would read as its own.
#pragma once

#include <string>
#include <string_view>

namespace deployctl {

class Manual {
public:
  // `name` as one asks for it ("deployctl-plan"), `chapter` 1 or 5; `summary` without a full stop at its end.
  Manual(std::string_view name, int chapter, std::string_view summary);

  void section(std::string_view title);
  void subsection(std::string_view title);
  void paragraph(std::string_view text);
  void code(std::string_view text);
  // A line of macros as they are: ".Nm deployctl".
  void macro(std::string_view line);
  // A list of terms with what they mean; end() closes it.
  void begin_list();
  void entry(std::string_view macros, std::string_view text); // "Fl Fl yes"
  void end_list();

  [[nodiscard]] const std::string& text() const { return text_; }

private:
  void lines(std::string_view text);

  std::string text_;
  bool after_heading_ = false;
};

// A word as the argument of a macro: quoted when it holds blanks, and never read as a macro.
std::string manual_word(std::string_view word);

} // namespace deployctl
