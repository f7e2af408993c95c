// Output of remote commands and children is hostile: what reaches a terminal or a log passes here first.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

enum class Colours { drop, keep }; // SGR sequences

// One line without its end: escape, cursor and OSC sequences and control characters dropped (tab kept), bytes
// that are not UTF-8 become U+FFFD, bidirectional controls dropped. Kept colours are closed at the end.
std::string sanitize_line(std::string_view line, Colours colours = Colours::drop);

// Cuts a stream into sanitised lines. LF ends a line; of a line drawn over with CR the last drawing counts.
class LineSplitter {
public:
  using Consumer = std::function<void(std::string_view line)>;
  static constexpr std::size_t longest_line = 16U << 10; // bytes; the rest is cut and said so

  explicit LineSplitter(Consumer consumer, Colours colours = Colours::drop);
  void feed(std::string_view chunk);
  void finish(); // the last line, if it has no end

private:
  void emit();
  Consumer consumer_;
  Colours colours_;
  std::string line_;
  std::size_t cut_ = 0;   // bytes left out of this line
  bool returned_ = false; // a CR was read: the next byte decides whether it ends the line or draws over it
};

// The last lines of a finished output that are not blank, at most so many: what is shown as evidence.
std::vector<std::string> last_lines(std::string_view output, std::size_t most);

} // namespace deployctl
