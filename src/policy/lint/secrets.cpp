#include "policy/lint/secrets.hpp"

#include <algorithm>
#include <utility>

#include "policy/lint/manifests.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t shown_before = 4;
constexpr std::size_t shown_behind = 2;
constexpr std::size_t shortest_shown = 16;

void add_what_is_new(std::vector<FoundSecret>& found, std::vector<FoundSecret> more) {
  const auto known = static_cast<std::ptrdiff_t>(found.size());
  for (FoundSecret& each : more) {
    const bool overlaps = std::any_of(found.begin(), found.begin() + known, [&](const FoundSecret& other) {
      return each.begin < other.end && other.begin < each.end;
    });
    if (!overlaps) found.push_back(std::move(each));
  }
}

} // namespace

Result<SecretScanner> SecretScanner::compile() {
  DEPLOYCTL_TRY(TokenScanner tokens, TokenScanner::compile());
  DEPLOYCTL_TRY(AssignmentScanner assignments, AssignmentScanner::compile());
  return SecretScanner(std::move(tokens), std::move(assignments));
}

std::vector<FoundSecret> SecretScanner::scan(std::string_view text) {
  std::vector<FoundSecret> found = tokens_.scan(text);
  add_what_is_new(found, secrets_in_manifests(text));
  add_what_is_new(found, assignments_.scan(text));
  return without_overlaps(std::move(found));
}

std::string struck_out(std::string_view text, const std::vector<FoundSecret>& secrets) {
  std::string out(text);
  for (const FoundSecret& secret : secrets) {
    const bool is_long = secret.end - secret.begin >= shortest_shown;
    const std::size_t begin = secret.begin + (is_long ? shown_before : 0);
    const std::size_t end = secret.end - (is_long ? shown_behind : 0);
    for (std::size_t i = begin; i < std::min(end, out.size()); ++i)
      if (out[i] != '\n' && out[i] != '\r') out[i] = '*';
  }
  return out;
}

} // namespace deployctl::policy::lint
