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
  void add(std::vector<std::string> row) { rows_.push_back({std::move(row), {}}); }
  // Said below the last row, from its second column on, in as many lines as it needs; nothing when empty.
  void remark(std::string text) { rows_.back().remark = std::move(text); }

  // Two spaces between columns, none at a line's end. The last column is elided to the width; the others
  // never are.
  [[nodiscard]] std::string text(const Style& style) const;

private:
  struct Row {
    std::vector<std::string> cells;
    std::string remark;
  };

  std::vector<std::string> headings_;
  std::vector<Row> rows_;
};

} // namespace deployctl::ui
