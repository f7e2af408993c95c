#include "cloud/aws/shared_config.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::aws {
namespace {

constexpr std::string_view blanks = " \t";

bool is_name(std::string_view text, std::string_view extra) {
  return !text.empty() && std::ranges::all_of(text, [extra](char c) {
    return is_letter_or_digit(c) || extra.find(c) != std::string_view::npos;
  });
}

std::string_view unquoted(std::string_view text) {
  const bool quoted =
      text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// A comment behind a value needs a blank before it, or keys and passwords with '#' were cut.
std::string_view without_comment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i)
    if ((value[i] == '#' || value[i] == ';') && blanks.find(value[i - 1]) != std::string_view::npos)
      return value.substr(0, i);
  return value;
}

struct Property {
  std::string key;
  std::string value;
};

struct Heading {
  std::string_view kind; // "profile", "sso-session", "services"; empty: none was written
  std::string_view name;
};

std::optional<Heading> parse_heading(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) return Heading{};
  const std::string_view inner = trim(text.substr(1, close - 1));
  const std::size_t gap = inner.find_first_of(blanks);
  if (gap == std::string_view::npos) return Heading{.kind = {}, .name = unquoted(inner)};
  return Heading{.kind = inner.substr(0, gap), .name = unquoted(trim(inner.substr(gap)))};
}

class Parser {
public:
  explicit Parser(SharedFile file) : file_(file) {}

  Result<SharedConfig> parse(std::string_view text) {
    for (std::string_view line : split(text, '\n')) {
      ++line_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      const std::string_view bare = trim(line);
      if (bare.empty()) continue;
      const bool indented = blanks.find(line.front()) != std::string_view::npos;
      if (bare.front() == '#' || bare.front() == ';') {
        if (!indented || !section_) continue;
      }
      DEPLOYCTL_CHECK(indented ? read_continuation(bare) : read_line(bare));
    }
    return std::move(out_);
  }

private:
  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view why) const {
    return fail(Cause::config, fmt::format("line {}: {}", line_, why));
  }

  Status read_line(std::string_view text) {
    property_ = nullptr;
    block_ = nullptr;
    if (text.front() == '[') return open_section(text);
    if (!section_) return wrong("a setting stands before the first '[profile]'");
    DEPLOYCTL_TRY(Property property, parse_property(text));
    if (!is_name(property.key, "-_.%@:+/")) {
      property_ = &ignored_;
      return {};
    }
    const std::string key = to_lower(property.key);
    section_->blocks.erase(key);
    property_ = &section_->values[key];
    *property_ = std::move(property.value);
    if (property_->empty()) block_ = &section_->blocks[key];
    return {};
  }

  // An indented line goes on with the value above it, or is an entry of the block of a key without value.
  Status read_continuation(std::string_view text) {
    if (!section_) return wrong("a setting stands before the first '[profile]'");
    if (!property_) return wrong("an indented line has no setting above it");
    if (!block_) {
      (*property_ += '\n') += text;
      return {};
    }
    DEPLOYCTL_TRY(Property property, parse_property(text));
    (*block_)[to_lower(property.key)] = std::move(property.value);
    return {};
  }

  [[nodiscard]] Result<Property> parse_property(std::string_view text) const {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return wrong("there is no '='");
    const std::string_view key = trim(text.substr(0, equals));
    if (key.empty()) return wrong("there is no name before '='");
    return Property{.key = std::string(key),
                    .value = std::string(trim(without_comment(text.substr(equals + 1))))};
  }

  Status open_section(std::string_view text) {
    const auto heading = parse_heading(text);
    if (!heading || heading->name.empty()) return wrong("'[' without a name and ']'");
    section_ = find_section(*heading);
    return {};
  }

  // The unnamed default gives way to "[profile default]", wherever that stands.
  Section* find_default(bool prefixed) {
    if (prefixed && !default_is_prefixed_) out_.profiles.erase("default");
    default_is_prefixed_ = default_is_prefixed_ || prefixed;
    return prefixed || !default_is_prefixed_ ? &out_.profiles["default"] : &nowhere_;
  }

  Section* find_section(const Heading& heading) {
    struct Kind {
      std::string_view name;
      Sections* sections;
    };
    const std::array<Kind, 3> kinds = {
        {{"profile", &out_.profiles}, {"sso-session", &out_.sso_sessions}, {"services", &out_.services}}};
    if (!is_name(heading.name, "-_.%@:+/ ")) return &nowhere_;
    if (file_ == SharedFile::credentials)
      return heading.kind.empty() ? &out_.profiles[std::string(heading.name)] : &nowhere_;
    if (heading.name == "default" && (heading.kind.empty() || heading.kind == "profile"))
      return find_default(!heading.kind.empty());
    const auto* kind = std::ranges::find(kinds, heading.kind, &Kind::name);
    return kind == kinds.end() ? &nowhere_ : &(*kind->sections)[std::string(heading.name)];
  }

  SharedFile file_;
  SharedConfig out_;
  Section nowhere_; // of headings that mean nothing
  std::string ignored_;
  Section* section_ = nullptr;
  std::string* property_ = nullptr; // that an indented line goes on with
  std::map<std::string, std::string, std::less<>>* block_ = nullptr;
  int line_ = 0;
  bool default_is_prefixed_ = false;
};

} // namespace

const std::string* Section::find(std::string_view key) const {
  const auto found = values.find(key);
  return found == values.end() || found->second.empty() ? nullptr : &found->second;
}

const std::string* Section::find(std::string_view block, std::string_view key) const {
  const auto inside = blocks.find(block);
  if (inside == blocks.end()) return nullptr;
  const auto found = inside->second.find(key);
  return found == inside->second.end() || found->second.empty() ? nullptr : &found->second;
}

const Section* SharedConfig::profile(std::string_view name) const {
  const auto found = profiles.find(name);
  return found == profiles.end() ? nullptr : &found->second;
}

Result<SharedConfig> parse_shared_config(std::string_view text, SharedFile file) {
  return Parser(file).parse(text);
}

SharedConfig merged(SharedConfig config, const SharedConfig& credentials) {
  for (const auto& [name, section] : credentials.profiles) {
    Section& into = config.profiles[name];
    for (const auto& [key, value] : section.values) into.values.insert_or_assign(key, value);
    for (const auto& [key, block] : section.blocks) into.blocks.insert_or_assign(key, block);
  }
  return config;
}

} // namespace deployctl::aws
