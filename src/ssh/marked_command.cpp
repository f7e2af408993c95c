#include "ssh/marked_command.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::string_view begun = " begins";
constexpr std::string_view ended = " ended ";
constexpr std::size_t longest_tail = 16; // of a mark behind its marker

// Every byte that means something to any shell as printf's %b has it. Between single quotes that is the same
// to sh, fish and csh.
std::string encoded(std::string_view text) {
  constexpr std::string_view plain = " _./:=,-";
  std::string result;
  for (const char byte : text) {
    if (is_letter_or_digit(byte) || plain.find(byte) != std::string_view::npos)
      result.push_back(byte);
    else
      result += fmt::format("\\0{:03o}", static_cast<unsigned char>(byte));
  }
  return result;
}

// How many bytes at the end of `text` may be the begin of `marker`.
std::size_t begun_at_end(std::string_view text, std::string_view marker) {
  std::size_t size = std::min(text.size(), marker.size() - 1);
  while (!text.ends_with(marker.substr(0, size))) --size;
  return size;
}

} // namespace

std::string mark_command(std::string_view command_line, std::string_view marker) {
  return fmt::format("/bin/sh -c 'echo \"$1{}\" >&2; (eval \"$(printf %b \"$0\")\"); code=$?; "
                     "echo \"$1{}$code\" >&2; exit $code' '{}' '{}'",
                     begun, ended, encoded(command_line), marker);
}

std::string MarkFilter::feed(std::string_view bytes) {
  held_ += bytes;
  std::string passed;
  for (;;) {
    const std::size_t at = held_.find(marker_);
    if (at == std::string::npos) {
      const std::size_t kept = begun_at_end(held_, marker_);
      passed += held_.substr(0, held_.size() - kept);
      held_.erase(0, held_.size() - kept);
      return passed;
    }
    passed += held_.substr(0, at);
    held_.erase(0, at);
    const std::size_t end = held_.find('\n');
    if (end == std::string::npos && held_.size() < marker_.size() + longest_tail) return passed;
    const std::string_view line = std::string_view(held_).substr(0, end);
    take(line.substr(marker_.size()));
    held_.erase(0, end == std::string::npos ? end : end + 1);
  }
}

void MarkFilter::take(std::string_view mark) {
  if (mark == begun) begun_ = true;
  if (!mark.starts_with(ended)) return;
  mark.remove_prefix(ended.size());
  if (const auto code = parse_integer<int>(mark)) exit_code_ = code;
}

std::string MarkFilter::finish() {
  return std::exchange(held_, {});
}

} // namespace deployctl::ssh
