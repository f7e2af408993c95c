#include "cloud/aws/xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl::aws {
namespace {

constexpr std::size_t longest = 1U << 20;
constexpr int deepest = 32;
constexpr std::string_view cdata_start = "<![CDATA[";

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 5> entities = {
    {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}}};

void add_child(Value::Map& children, const std::string& name, Value child) {
  const auto [place, is_new] = children.try_emplace(name, child);
  if (is_new) return;
  if (!place->second.list()) place->second = Value::List{std::move(place->second)};
  place->second.get<Value::List>()->push_back(std::move(child));
}

class Reader {
public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<Value> document() {
    DEPLOYCTL_CHECK(skip_markup());
    Value::Map root;
    DEPLOYCTL_CHECK(element(root, 0));
    DEPLOYCTL_CHECK(skip_markup());
    if (at_ != text_.size()) return wrong("there is more behind its end");
    return Value(std::move(root));
  }

private:
  [[nodiscard]] tl::unexpected<Error> wrong(std::string_view why) const {
    return fail(Cause::internal, fmt::format("the answer is no XML: {} (byte {})", why, at_));
  }
  [[nodiscard]] bool ahead(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  // What stands between `open`, which is ahead, and `close`.
  Result<std::string_view> enclosed(std::string_view open, std::string_view close) {
    const std::size_t from = at_ + open.size();
    const std::size_t end = text_.find(close, from);
    if (end == std::string_view::npos) return wrong("it ends too early");
    at_ = end + close.size();
    return text_.substr(from, end - from);
  }

  // Blanks, comments, declarations and instructions.
  Status skip_markup() {
    while (at_ < text_.size()) {
      if (ahead("<!--")) {
        DEPLOYCTL_CHECK(enclosed("<!--", "-->"));
      } else if (ahead("<?")) {
        DEPLOYCTL_CHECK(enclosed("<?", "?>"));
      } else if (trim(text_.substr(at_, 1)).empty()) {
        ++at_;
      } else {
        return {};
      }
    }
    return {};
  }

  Status element(Value::Map& into, int depth) {
    if (depth > deepest) return wrong("it is nested too deeply");
    if (!ahead("<") || ahead("</") || ahead("<!")) return wrong("an element was expected");
    DEPLOYCTL_TRY(std::string_view tag, enclosed("<", ">"));
    const bool is_empty = tag.ends_with('/');
    if (is_empty) tag.remove_suffix(1);
    const std::string name(tag.substr(0, tag.find_first_of(" \t\r\n")));
    if (name.empty()) return wrong("an element has no name");
    if (is_empty) {
      add_child(into, name, "");
      return {};
    }
    Value::Map children;
    std::string content;
    DEPLOYCTL_CHECK(inside(children, content, depth));
    DEPLOYCTL_TRY(const std::string_view closing, enclosed("</", ">"));
    if (trim(closing) != name) return wrong("an element is closed by another name");
    add_child(into, name, children.empty() ? Value(std::move(content)) : Value(std::move(children)));
    return {};
  }

  Status inside(Value::Map& children, std::string& content, int depth) {
    while (!ahead("</")) {
      if (at_ >= text_.size()) return wrong("it ends too early");
      if (ahead(cdata_start)) {
        DEPLOYCTL_TRY(const std::string_view verbatim, enclosed(cdata_start, "]]>"));
        content += verbatim;
      } else if (ahead("<!--") || ahead("<?")) {
        DEPLOYCTL_CHECK(skip_markup());
      } else if (ahead("<")) {
        DEPLOYCTL_CHECK(element(children, depth + 1));
      } else {
        DEPLOYCTL_CHECK(characters(content));
      }
    }
    return {};
  }

  Status characters(std::string& content) {
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    while (at_ < end) {
      if (text_[at_] != '&') {
        content += text_[at_++];
        continue;
      }
      DEPLOYCTL_TRY(const std::string_view name, enclosed("&", ";"));
      DEPLOYCTL_CHECK(entity(name, content));
    }
    return {};
  }

  Status entity(std::string_view name, std::string& content) {
    const auto* known = std::ranges::find(entities, name, &Entity::name);
    if (known != entities.end()) {
      content += known->text;
      return {};
    }
    if (!name.starts_with('#')) return wrong("an entity has no meaning");
    const bool is_hex = name.starts_with("#x");
    const std::string_view digits = name.substr(is_hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [last, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
    if (error != std::errc() || last != digits.data() + digits.size() || code == 0 || code > 0x10FFFF ||
        (code >= 0xD800 && code <= 0xDFFF))
      return wrong("a character has no meaning");
    append_utf8(content, static_cast<char32_t>(code));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

} // namespace

Result<Value> parse_xml(std::string_view text) {
  if (text.size() > longest)
    return fail(Cause::internal, fmt::format("the answer has more than {} bytes", longest));
  return Reader(text).document();
}

} // namespace deployctl::aws
