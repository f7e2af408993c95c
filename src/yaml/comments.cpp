#include "yaml/comments.hpp"

#include <algorithm>

#include "base/strings.hpp"
#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

constexpr std::string_view address = "deployctl:";

bool begins_comment(std::string_view text, std::size_t at) {
  return at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\n';
}

} // namespace

std::vector<Comment> find_comments(std::string_view text, std::uint32_t source,
                                   const std::vector<Range>& opaque) {
  std::vector<Comment> out;
  auto scalar = opaque.begin();
  for (std::size_t begin = 0, number = 1; begin < text.size(); begin = next_line(text, begin), ++number) {
    const std::size_t end = line_end(text, begin);
    for (std::size_t at = text.find('#', begin); at < end; at = text.find('#', at + 1)) {
      while (scalar != opaque.end() && scalar->end <= at) ++scalar;
      if (scalar != opaque.end() && scalar->begin <= at) continue;
      if (!begins_comment(text, at)) continue;
      const std::string_view words = trim(text.substr(at + 1, end - at - 1));
      if (words.substr(0, address.size()) == address)
        out.push_back({.span = {source, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(end)},
                       .line = number,
                       .own_line = trim(text.substr(begin, at - begin)).empty(),
                       .text = std::string(trim(words.substr(address.size())))});
      break;
    }
  }
  return out;
}

} // namespace deployctl::yaml
