#include "base/shell_word.hpp"

#include <algorithm>

#include "base/strings.hpp"

namespace deployctl {

void append_shell_word(std::string& text, std::string_view bytes) {
  text += '\'';
  for (auto quote = bytes.find('\''); quote != std::string_view::npos; quote = bytes.find('\'')) {
    text.append(bytes.substr(0, quote)).append("'\\''");
    bytes.remove_prefix(quote + 1);
  }
  text.append(bytes) += '\'';
}

std::string shell_word(std::string_view bytes) {
  std::string text;
  append_shell_word(text, bytes);
  return text;
}

bool is_variable_name(std::string_view text) {
  const auto fits = [](char byte) { return is_letter_or_digit(byte) || byte == '_'; };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), fits);
}

} // namespace deployctl
