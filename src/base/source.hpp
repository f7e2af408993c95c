// A text that spans point into, and the table that turns its offsets into lines and columns.
// Not a reader of files: whoever reads one gives name and text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

struct Source {
  std::string name; // as the user wrote it: "deploy.yaml"
  std::string text; // the bytes of the file, with its byte-order mark and line ends
};

struct Position {
  std::size_t line = 1;   // from 1
  std::size_t column = 1; // from 1, in bytes
};

// Built once per text, O(log lines) per question. The text must outlive it.
class LineTable {
public:
  explicit LineTable(std::string_view text);

  // Offsets beyond the end count as the end.
  [[nodiscard]] Position position(std::size_t offset) const;
  [[nodiscard]] std::size_t line_count() const { return starts_.size(); }
  // Offset of the first byte of a line, from 1.
  [[nodiscard]] std::size_t line_begin(std::size_t line) const;
  // The line without its end ("\n" or "\r\n"); empty when there is no such line.
  [[nodiscard]] std::string_view line(std::size_t line) const;

private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

} // namespace deployctl
