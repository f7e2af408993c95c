// Types to Value and back from one table of members each: writing, reading with precise errors, and refusing
// what is not known all come from the table. For records of this program; not for what people write (that is
// config).
//   template <> struct Members<Commit> { static constexpr auto list = std::tuple{member("sha", &Commit::sha),
//   ...}; }; template <> struct Names<Action>   { static constexpr std::array<std::string_view, 6> list =
//   {"none", ...}; };
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

namespace deployctl::plan {

template <class T>
struct Members; // of structs: `list`, a tuple of member()
template <class T>
struct Names; // of enums: `list`, texts in the order of the enumerators

template <class T, class M>
struct Member {
  std::string_view name;
  M T::*pointer;
};

template <class T, class M>
constexpr Member<T, M> member(std::string_view name, M T::*pointer) {
  return {name, pointer};
}

template <class T>
concept Described = requires {
  Members<T>::list;
};
template <class T>
concept Named = std::is_enum_v<T> && requires {
  Names<T>::list;
};

inline Value encode(bool value) {
  return value;
}
inline Value encode(int value) {
  return value;
}
inline Value encode(std::int64_t value) {
  return value;
}
inline Value encode(std::size_t value) {
  return static_cast<std::int64_t>(value);
}
inline Value encode(Milliseconds value) {
  return static_cast<std::int64_t>(value.count());
}
inline Value encode(const std::string& value) {
  return value;
}
inline Value encode(const Value& value) {
  return value;
}
inline Value encode(const Unknown& value) {
  return value;
}
template <Named T>
Value encode(T value) {
  return Names<T>::list.at(static_cast<std::size_t>(value));
}
template <class T>
Value encode(const std::optional<T>& value);
template <class T>
Value encode(const std::vector<T>& items);
template <Described T>
Value encode(const T& value);

template <class T>
Value encode(const std::optional<T>& value) {
  return value ? encode(*value) : Value();
}

template <class T>
Value encode(const std::vector<T>& items) {
  Value::List list;
  list.reserve(items.size());
  for (const T& item : items) list.push_back(encode(item));
  return list;
}

template <Described T>
Value encode(const T& value) {
  Value::Map map;
  std::apply(
      [&](const auto&... each) { (map.emplace(std::string(each.name), encode(value.*each.pointer)), ...); },
      Members<T>::list);
  return map;
}

// The same without some members.
template <Described T>
Value encode_without(const T& value, std::initializer_list<std::string_view> names) {
  Value::Map map;
  const auto put = [&](const auto& each) {
    for (const std::string_view name : names)
      if (name == each.name) return;
    map.emplace(std::string(each.name), encode(value.*each.pointer));
  };
  std::apply([&](const auto&... each) { (put(each), ...); }, Members<T>::list);
  return map;
}

} // namespace deployctl::plan
