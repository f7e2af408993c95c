#include "registry/challenge.hpp"

#include <algorithm>
#include <optional>

#include "base/strings.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t longest_header = 64U << 10;
constexpr std::size_t most_challenges = 16;

bool is_token_byte(char c) {
  return is_letter_or_digit(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Reads forward; every step either takes something or leaves the place as it was.
class Reader {
public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  void back_to(std::string_view rest) { rest_ = rest; }

  void skip(std::string_view bytes) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(bytes), rest_.size()));
  }

  bool take(char byte) {
    if (!rest_.starts_with(byte)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string token() {
    const auto end = std::ranges::find_if_not(rest_, is_token_byte);
    return take_until(static_cast<std::size_t>(end - rest_.begin()));
  }

  std::string token68() {
    const auto padding = std::ranges::find_if_not(rest_, [](char c) {
      return is_letter_or_digit(c) || std::string_view("-._~+/").find(c) != std::string_view::npos;
    });
    const auto end = std::find_if_not(padding, rest_.end(), [](char c) { return c == '='; });
    return take_until(static_cast<std::size_t>(end - rest_.begin()));
  }

  // With its quotes; nothing when the end is missing.
  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string text;
    while (!rest_.empty()) {
      if (take('"')) return text;
      if (take('\\') && rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return std::nullopt;
  }

private:
  std::string take_until(std::size_t end) {
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return taken;
  }

  std::string_view rest_;
};

enum class Step { parameter, next_challenge, damaged };

// "name = value", or the beginning of the next challenge: a name without '='.
Step read_parameter(Reader& reader, Challenge& challenge) {
  const std::string_view before = reader.rest();
  const std::string name = to_lower(reader.token());
  if (name.empty()) return Step::damaged;
  reader.skip(" \t");
  if (!reader.take('=')) {
    reader.back_to(before);
    return Step::next_challenge;
  }
  reader.skip(" \t");
  if (reader.rest().starts_with('"')) {
    auto value = reader.quoted();
    if (!value) return Step::damaged;
    challenge.parameters.emplace(name, *std::move(value));
  } else {
    // Not by the grammar, but seen: an unquoted URL. It ends at a comma or space.
    const std::string_view rest = reader.rest();
    const std::size_t end = std::min(rest.find_first_of(", \t"), rest.size());
    challenge.parameters.emplace(name, std::string(rest.substr(0, end)));
    reader.back_to(rest.substr(end));
  }
  reader.skip(" \t");
  return Step::parameter;
}

// What stands behind the scheme. False: nothing behind this can be trusted.
bool read_rest(Reader& reader, Challenge& challenge) {
  const std::string_view before = reader.rest();
  challenge.token = reader.token68();
  reader.skip(" \t");
  if (!challenge.token.empty() && (reader.at_end() || reader.rest().starts_with(','))) return true;
  challenge.token.clear();
  reader.back_to(before);
  for (;;) {
    reader.skip(", \t");
    if (reader.at_end()) return true;
    const Step step = read_parameter(reader, challenge);
    if (step == Step::next_challenge) return true;
    if (step == Step::damaged) return false;
    if (!reader.at_end() && !reader.rest().starts_with(',')) return false;
  }
}

} // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  if (header.size() > longest_header) return challenges;
  Reader reader(header);
  while (challenges.size() < most_challenges) {
    reader.skip(", \t");
    Challenge challenge{.scheme = to_lower(reader.token())};
    if (challenge.scheme.empty()) break;
    const bool parted =
        reader.at_end() || std::string_view(", \t").find(reader.rest().front()) != std::string_view::npos;
    reader.skip(" \t");
    if (!parted || !read_rest(reader, challenge)) break;
    challenges.push_back(std::move(challenge));
  }
  return challenges;
}

std::vector<Challenge> challenges_of(const HttpResponse& response) {
  std::vector<Challenge> all;
  const auto [first, last] = response.headers.equal_range("www-authenticate");
  for (auto header = first; header != last; ++header)
    for (Challenge& challenge : parse_challenges(header->second)) all.push_back(std::move(challenge));
  return all;
}

const Challenge* preferred(const std::vector<Challenge>& challenges) {
  for (const std::string_view scheme : {"bearer", "basic"}) {
    const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
    if (found != challenges.end()) return &*found;
  }
  return nullptr;
}

} // namespace deployctl::registry
