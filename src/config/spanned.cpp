#include "config/spanned.hpp"

#include <algorithm>
#include <utility>

#include "base/integer.hpp"

namespace deployctl::config {

namespace {

const Spanned* item_at(const std::vector<Spanned>& items, std::string_view part) {
  const auto index = parse_integer<std::size_t>(part);
  return index && *index < items.size() ? &items[*index] : nullptr;
}

} // namespace

Span Spanned::anchor() const {
  if (!entries.empty()) return entries.front().key_span;
  return items.empty() ? span : items.front().anchor();
}

const SpannedEntry* Spanned::entry(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const Spanned* Spanned::find(std::string_view key) const {
  const auto* found = entry(key);
  return found ? &found->value : nullptr;
}

const Spanned& Spanned::nearest(std::string_view path) const {
  if (path.empty()) return *this;
  // The longest key first: "files.bin/app" may be one key.
  for (auto end = path.size(); end != std::string_view::npos && end > 0; end = path.rfind('.', end - 1)) {
    const auto part = path.substr(0, end);
    const auto* below = kind == Kind::list ? item_at(items, part) : find(part);
    if (below) return below->nearest(end < path.size() ? path.substr(end + 1) : std::string_view{});
  }
  return *this;
}

Spanned spanned(const Value& value, Span span) {
  Spanned out{.span = span};
  if (const auto* list = value.list()) {
    out.kind = Spanned::Kind::list;
    for (const auto& item : *list) out.items.push_back(spanned(item, span));
  } else if (const auto* map = value.map()) {
    out.kind = Spanned::Kind::map;
    for (const auto& [key, item] : *map) out.entries.push_back({key, span, spanned(item, span)});
  } else if (!value.is_null()) {
    out.kind = Spanned::Kind::leaf;
    out.value = value;
  }
  return out;
}

Value unknowable(std::string expression) {
  return Unknown{.step = {}, .output = {}, .expression = std::move(expression)};
}

} // namespace deployctl::config
