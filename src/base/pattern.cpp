#include "base/pattern.hpp"

#include <re2/re2.h>

namespace deployctl {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

} // namespace

Result<Pattern> Pattern::compile(std::string_view expression) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(8 << 20);
  auto compiled = std::make_shared<const re2::RE2>(piece(expression), options);
  if (!compiled->ok())
    return fail(Cause::config,
                "'" + std::string(expression) + "' is not a regular expression: " + compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::FullMatch(piece(text), *expression_);
}

bool Pattern::found_in(std::string_view text) const {
  return re2::RE2::PartialMatch(piece(text), *expression_);
}

std::optional<std::vector<std::string>> Pattern::groups(std::string_view text) const {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(expression_->NumberOfCapturingGroups()) + 1);
  if (!expression_->Match(piece(text), 0, text.size(), re2::RE2::ANCHOR_BOTH, found.data(),
                          static_cast<int>(found.size())))
    return std::nullopt;
  std::vector<std::string> groups;
  groups.reserve(found.size());
  for (const re2::StringPiece& group : found)
    groups.emplace_back(group.data() ? group.ToString() : std::string());
  return groups;
}

} // namespace deployctl
