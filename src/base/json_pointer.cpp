#include "base/json_pointer.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl {
namespace {

// Section 4: digits without leading zeros.
const Value* element(const Value::List& list, const std::string& token) {
  const auto index = parse_integer<std::size_t>(token);
  const bool plain = index && (token.size() == 1 || token.front() != '0');
  return plain && *index < list.size() ? &list[*index] : nullptr;
}

} // namespace

Result<std::vector<std::string>> parse_json_pointer(std::string_view text) {
  std::vector<std::string> tokens;
  if (text.empty()) return tokens;
  if (text.front() != '/')
    return fail(Cause::config, "a JSON pointer begins with '/', not '" + std::string(1, text.front()) + "'");
  for (const std::string_view part : split(text.substr(1), '/')) {
    std::string& token = tokens.emplace_back();
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '~') {
        token += part[i];
        continue;
      }
      // Section 3: "~0" is '~', "~1" is '/', and '~' alone is an error.
      const char next = i + 1 < part.size() ? part[i + 1] : '\0';
      if (next != '0' && next != '1')
        return fail(Cause::config, "in a JSON pointer '~' is followed by 0 or 1");
      token += next == '0' ? '~' : '/';
      ++i;
    }
  }
  return tokens;
}

const Value* find_at(const Value& document, const std::vector<std::string>& pointer) {
  const Value* at = &document;
  for (const std::string& token : pointer) {
    at = at->list() ? element(*at->list(), token) : at->find(token);
    if (!at) return nullptr;
  }
  return at;
}

} // namespace deployctl
