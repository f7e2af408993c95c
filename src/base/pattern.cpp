#include "base/pattern.hpp"

#include <re2/re2.h>

#include <array>

namespace deployctl {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

Pattern::Range range_of(std::string_view text, const re2::StringPiece& found) {
  const auto begin = static_cast<std::size_t>(found.data() - text.data());
  return {.begin = begin, .end = begin + found.size()};
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

std::optional<Pattern::Range> Pattern::find(std::string_view text, std::size_t from) const {
  re2::StringPiece found;
  if (from > text.size() ||
      !expression_->Match(piece(text), from, text.size(), re2::RE2::UNANCHORED, &found, 1))
    return std::nullopt;
  return range_of(text, found);
}

std::optional<Pattern::Hit> Pattern::match_at(std::string_view text, std::size_t at) const {
  std::array<re2::StringPiece, 2> found;
  const int wanted = expression_->NumberOfCapturingGroups() > 0 ? 2 : 1;
  if (at > text.size() ||
      !expression_->Match(piece(text), at, text.size(), re2::RE2::ANCHOR_START, found.data(), wanted))
    return std::nullopt;
  const bool grouped = wanted == 2 && found[1].data() != nullptr;
  return Hit{.whole = range_of(text, found[0]), .group = range_of(text, found.at(grouped ? 1 : 0))};
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
