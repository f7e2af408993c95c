#include "base/strings.hpp"

#include <algorithm>

namespace deployctl {
namespace {

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

} // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, at - begin));
    begin = at + 1;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

bool is_letter_or_digit(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte);
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1)); // npos + 1 is 0
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string replace_all(std::string_view text, std::string_view what, std::string_view with) {
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find(what); !what.empty() && at != std::string_view::npos;
       at = text.find(what, begin)) {
    out.append(text.substr(begin, at - begin)).append(with);
    begin = at + what.size();
  }
  return out.append(text.substr(begin));
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  // Three rows are enough: a swap looks back two.
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t substitution = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[right.size()];
}

std::vector<std::string> similar_names(std::string_view word, const std::vector<std::string>& names) {
  struct Candidate {
    std::size_t distance;
    const std::string* name;
  };
  constexpr std::size_t longest_word = 256; // the comparison is quadratic
  if (word.size() > longest_word) return {};
  const std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
  std::vector<Candidate> near;
  for (const std::string& name : names) {
    if (name.size() > word.size() + limit) continue;
    const std::size_t distance = edit_distance(to_lower(word), to_lower(name));
    if (distance <= limit && distance < std::max(word.size(), name.size())) near.push_back({distance, &name});
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const Candidate& a, const Candidate& b) { return a.distance < b.distance; });
  if (near.size() > 3) near.resize(3);
  std::vector<std::string> found;
  found.reserve(near.size());
  for (const Candidate& candidate : near) found.push_back(*candidate.name);
  return found;
}

} // namespace deployctl
