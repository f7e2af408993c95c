#include "base/glob.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/strings.hpp"

namespace deployctl {
namespace {

struct ClassMatch {
  bool matches;
  std::size_t length; // of the class in the pattern, brackets included
};

// The class at the start of `pattern` ("[a-z]…"); none when it is not closed.
std::optional<ClassMatch> match_class(std::string_view pattern, char c) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (negated) ++at;
  const std::size_t first = at;
  bool found = false;
  for (; at < pattern.size() && (pattern[at] != ']' || at == first); ++at) {
    const char low = pattern[at];
    const bool range = at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    const char high = range ? pattern[at + 2] : low;
    if (range) at += 2;
    if (low <= c && c <= high) found = true;
  }
  if (at >= pattern.size()) return std::nullopt;
  return ClassMatch{found != negated, at + 1};
}

// How much of `pattern` stands for the one character `c`; 0 when it does not.
std::size_t match_one(std::string_view pattern, char c) {
  if (pattern.front() == '?') return 1;
  if (pattern.front() == '[')
    if (const auto found = match_class(pattern, c)) return found->matches ? found->length : 0;
  if (pattern.front() == '\\' && pattern.size() > 1) return pattern[1] == c ? 2 : 0;
  return pattern.front() == c ? 1 : 0;
}

// One part of a path. Only the last '*' is ever tried again, so this takes pattern times name steps at most.
bool match_part(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::optional<std::size_t> star;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
      continue;
    }
    if (const std::size_t used = p < pattern.size() ? match_one(pattern.substr(p), name[n]) : 0) {
      p += used;
      ++n;
      continue;
    }
    if (!star) return false;
    p = *star + 1;
    n = ++star_name;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

} // namespace

bool glob_matches(std::string_view pattern, std::string_view name) {
  const auto patterns = split(pattern, '/');
  const auto names = split(name, '/');
  // As match_part, one level up: "**" plays the star, parts the characters.
  std::size_t p = 0;
  std::size_t n = 0;
  std::optional<std::size_t> star;
  std::size_t star_name = 0;
  while (n < names.size()) {
    if (p < patterns.size() && patterns[p] == "**") {
      star = p++;
      star_name = n;
      // "a/**" is what stands below a, not a itself.
      if (p == patterns.size()) return true;
      continue;
    }
    if (p < patterns.size() && match_part(patterns[p], names[n])) {
      ++p;
      ++n;
      continue;
    }
    if (!star) return false;
    p = *star + 1;
    n = ++star_name;
  }
  return p == patterns.size();
}

bool any_glob_matches(const std::vector<std::string>& patterns, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return !name.empty() && std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
      return glob_matches(pattern, name);
    });
  });
}

} // namespace deployctl
