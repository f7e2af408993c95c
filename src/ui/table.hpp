// Rows of text in aligned columns, for history, status and lists. No borders: easy to read aloud and to cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/style.hpp"

namespace deployctl::ui {

class Table {
public:
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}

  // As many cells as there are headings.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  // Two spaces between columns, none at a line's end. The last column is elided to the width; the others
  // never are.
  [[nodiscard]] std::string text(const Style& style) const;

private:
  std::vector<std::string> headings_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace deployctl::ui
