// A value with its places: what the text says after interpolation and before types. Between yaml's Node (text
// only) and the contract's Value (no places). For the config layer's own use.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/span.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

struct SpannedEntry;

struct Spanned {
  enum class Kind {
    null,
    text,  // a scalar as written
    leaf,  // what an interpolation gave: `value`, never a list or a map
    later, // holds an interpolation nobody evaluated: fits every type
    list,
    map,
  };
  Kind kind = Kind::null;
  bool plain = false; // text without quotes
  std::string text;
  Value value;
  Span span;
  bool comment_follows = false; // null because an unquoted '#' began a comment
  bool broken = false;          // reported already: say nothing more
  std::vector<Spanned> items;
  std::vector<SpannedEntry> entries;

  // What carets underline when the whole is meant: the first key or item, not many lines.
  [[nodiscard]] Span anchor() const;
  [[nodiscard]] const SpannedEntry* entry(std::string_view key) const;
  [[nodiscard]] const Spanned* find(std::string_view key) const;
  // Follows "a.b.0"; as far as it leads: the nearest place around a path that is not there. Keys may hold
  // dots.
  [[nodiscard]] const Spanned& nearest(std::string_view path) const;
};

struct SpannedEntry {
  std::string key;
  Span key_span;
  Spanned value;
};

// Every part gets the same place: of the interpolation that gave the value.
Spanned spanned(const Value& value, Span span);

// The opaque stand-in for what cannot be known offline.
Value unknowable(std::string expression);

} // namespace deployctl::config
