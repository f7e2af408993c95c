// Small operations on text that more than one layer needs. Bytes, not characters; see utf8.hpp for those.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

std::vector<std::string_view> split(std::string_view text, char separator); // n separators give n + 1 parts
std::string_view trim(std::string_view text);                               // space, tab, CR, LF, VT, FF
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string to_lower(std::string_view text);                             // ASCII
bool equal_ignoring_case(std::string_view left, std::string_view right); // ASCII
bool is_digit(char byte);                                                // ASCII
bool is_letter_or_digit(char byte);                                      // ASCII
bool is_lower_hex(std::string_view text);                                // digits and a to f, or empty
std::string last_part(std::string_view path);                            // behind the last '/'
std::string counted(std::size_t count, std::string_view what);           // "1 step", "2 steps"
std::string replace_all(std::string_view text, std::string_view what, std::string_view with);

// Damerau's distance (optimal string alignment): insertions, deletions, substitutions, neighbours swapped.
std::size_t edit_distance(std::string_view left, std::string_view right);
// At most three of `names`, nearest first, that someone who wrote `word` may have meant: distance at most 2
// or a third of the word's length, whichever is larger, and less than the whole word.
std::vector<std::string> similar_names(std::string_view word, const std::vector<std::string>& names);

} // namespace deployctl
