// The formats without nesting, dotenv and INI, by the rules of the readers that SOPS uses; they differ from
// those of dotenv.hpp.
#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "formats/sops_tree.hpp"

namespace deployctl::formats {
namespace {

using Kind = SopsNode::Kind;

constexpr std::string_view dotenv_prefix = "sops_";
constexpr std::string_view metadata_key = "sops";
constexpr std::string_view default_section = "DEFAULT";
constexpr std::size_t most_entries = 10'000; // of one section: looking for duplicates is quadratic

tl::unexpected<Error> fault(std::size_t line, std::string_view what) {
  return fail(Cause::config, fmt::format("line {}: {}", line, what));
}

SopsNode& member(SopsNode& node, std::string_view key) {
  for (SopsMember& one : node.members)
    if (one.key == key) return one.value;
  node.members.push_back({.key = std::string(key), .value = {.kind = Kind::map}});
  return node.members.back().value;
}

Status add_leaf(SopsNode& map, std::size_t line, std::string_view key, std::string value) {
  if (map.members.size() == most_entries)
    return fault(line, fmt::format("more than {} entries", most_entries));
  if (map.find(key)) return fault(line, fmt::format("'{}' comes twice", key));
  map.members.push_back({.key = std::string(key), .value = {.kind = Kind::text, .text = std::move(value)}});
  return {};
}

class IniReader {
public:
  explicit IniReader(std::string_view text) : lines_(split(text, '\n')) {}

  Result<SopsNode> read() {
    // Keys before the first section are those of a section of that name, which is always there.
    section_ = default_section;
    (void)member(root_, section_);
    for (; at_ < lines_.size(); ++at_) {
      const std::string_view line = trim(lines_[at_]);
      if (line.empty() || line.front() == '#' || line.front() == ';') continue;
      DEPLOYCTL_CHECK(line.front() == '[' ? begin_section(line) : entry(line));
    }
    return std::move(root_);
  }

private:
  [[nodiscard]] std::size_t number() const { return at_ + 1; }

  Status begin_section(std::string_view line) {
    const std::size_t end = line.rfind(']');
    if (end == std::string_view::npos) return fault(number(), "the ']' of a section is missing");
    section_ = std::string(trim(line.substr(1, end - 1)));
    (void)member(root_, section_);
    return {};
  }

  Status entry(std::string_view line) {
    std::string_view key;
    const char quote = line.front();
    if (quote == '`' || quote == '"') {
      const std::size_t end = line.find(quote, 1);
      if (end == std::string_view::npos) return fault(number(), "the quote of a key is never closed");
      key = line.substr(1, end - 1);
      line = trim(line.substr(end + 1));
      if (line.find_first_of("=:") != 0) return fault(number(), "'=' is missing behind a key");
    } else {
      const std::size_t end = line.find_first_of("=:");
      if (end == std::string_view::npos || end == 0) return fault(number(), "no 'key = value'");
      key = trim(line.substr(0, end));
      line = line.substr(end);
    }
    const std::size_t first = number();
    DEPLOYCTL_TRY(std::string value, this->value(trim(line.substr(1))));
    SopsNode& section = member(root_, section_);
    if (section_ == metadata_key) return unflatten_sops_metadata(section, key, value);
    return add_leaf(section, first, key, std::move(value));
  }

  Result<std::string> value(std::string_view text) {
    for (const std::string_view quote : {std::string_view(R"(""")"), std::string_view("`")})
      if (text.starts_with(quote)) return quoted(text.substr(quote.size()), quote);
    if (text.ends_with('\\')) return fault(number(), "continued lines are not in this version");
    text = trim(text.substr(0, text.find_first_of("#;")));
    const bool in_quotes = text.size() > 1 && (text.front() == '"' || text.front() == '\'') &&
                           text.back() == text.front() && text.find(text.front(), 1) == text.size() - 1;
    return std::string(in_quotes ? text.substr(1, text.size() - 2) : text);
  }

  // May go over lines.
  Result<std::string> quoted(std::string_view text, std::string_view quote) {
    const std::size_t first = number();
    std::string out;
    for (;;) {
      const std::size_t end = text.find(quote);
      out += text.substr(0, end);
      if (end != std::string_view::npos) return out;
      if (++at_ == lines_.size()) return fault(first, "a quote is never closed");
      out += '\n';
      text = lines_[at_];
    }
  }

  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  std::string section_;
  SopsNode root_{.kind = Kind::map};
};

} // namespace

Result<SopsNode> read_sops_dotenv(std::string_view text) {
  SopsNode root{.kind = Kind::map};
  SopsNode metadata;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return fault(number, "'=' is missing");
    const std::string_view key = line.substr(0, equals);
    std::string value = replace_all(line.substr(equals + 1), "\\n", "\n");
    if (key.starts_with(dotenv_prefix)) {
      DEPLOYCTL_CHECK(unflatten_sops_metadata(metadata, key.substr(dotenv_prefix.size()), value));
    } else {
      DEPLOYCTL_CHECK(add_leaf(root, number, key, std::move(value)));
    }
  }
  if (metadata.kind == Kind::map)
    root.members.push_back({.key = std::string(metadata_key), .value = std::move(metadata)});
  return root;
}

Result<SopsNode> read_sops_ini(std::string_view text) {
  return IniReader(text).read();
}

} // namespace deployctl::formats
