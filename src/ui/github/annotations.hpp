// What the runner shows beside the lines of a change: errors before warnings, and no more of a kind than it
// keeps; the log has the rest.
#pragma once

#include <string>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl::ui::github {

struct Place {
  std::string file;     // relative to the workspace
  std::size_t line = 0; // from 1; 0: not known
  std::size_t column = 0;
  std::size_t end_line = 0;
  std::size_t end_column = 0;
};

struct Annotation {
  bool is_error = true;
  std::string title;
  std::string message;
  Place place;
};

class Annotations {
public:
  // The command to print, or nothing when ten of its kind have been given.
  std::string add(const Annotation& annotation);

private:
  static constexpr int most_of_a_kind = 10;

  int errors_ = 0;
  int warnings_ = 0;
};

// Of ui::diagnostics_value, errors first.
std::vector<Annotation> annotations_of(const Value& diagnostics);

} // namespace deployctl::ui::github
