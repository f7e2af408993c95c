#include <deployctl/value.hpp>

#include <algorithm>
#include <stdexcept>

#include "base/integer.hpp"

namespace deployctl {
namespace {

bool same_reference(const Secret& left, const Secret& right) {
  return left.version() == right.version() &&
         std::equal(left.parts().begin(), left.parts().end(), right.parts().begin(), right.parts().end(),
                    [](const Secret::Part& a, const Secret::Part& b) {
                      return a.literal == b.literal && a.name == b.name;
                    });
}

// 1 and 1.0 are the same JSON number, so they are the same value.
bool same_number(std::int64_t integer, double number) {
  return static_cast<double>(integer) == number;
}

const Value* item_at(const Value::List& list, std::string_view index) {
  const auto position = parse_integer<std::size_t>(index);
  return position && *position < list.size() ? &list[*position] : nullptr;
}

template <class Leaf>
void visit_leaves(const Value& value, const std::function<void(const Leaf&)>& visit) {
  if (const Leaf* leaf = value.get<Leaf>()) visit(*leaf);
  if (const auto* list = value.list())
    for (const Value& item : *list) visit_leaves(item, visit);
  if (const auto* map = value.map())
    for (const auto& [key, item] : *map) visit_leaves(item, visit);
}

template <class Leaf>
Value replace_leaves(const Value& value, const std::function<Value(const Leaf&)>& replace) {
  if (const Leaf* leaf = value.get<Leaf>()) return replace(*leaf);
  if (const auto* list = value.list()) {
    Value::List items;
    items.reserve(list->size());
    for (const Value& item : *list) items.push_back(replace_leaves(item, replace));
    return items;
  }
  if (const auto* map = value.map()) {
    Value::Map items;
    for (const auto& [key, item] : *map) items.emplace_hint(items.end(), key, replace_leaves(item, replace));
    return items;
  }
  return value;
}

} // namespace

const Value* Value::find(std::string_view key) const {
  const Map* members = map();
  if (!members) return nullptr;
  const auto found = members->find(key);
  return found == members->end() ? nullptr : &found->second;
}

const Value* Value::find_path(std::string_view path) const {
  const Value* at = this;
  while (at && !path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view part = path.substr(0, dot);
    at = at->list() ? item_at(*at->list(), part) : at->find(part);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) data_ = Map();
  Map* members = get<Map>();
  if (!members) throw std::logic_error("Value::operator[] on a value that is not a map");
  if (const auto found = members->find(key); found != members->end()) return found->second;
  return members->emplace(std::string(key), Value()).first->second;
}

bool operator==(const Value& left, const Value& right) {
  if (const auto* secret = left.get<Secret>())
    return right.is<Secret>() && same_reference(*secret, *right.get<Secret>());
  if (const auto* integer = left.get<std::int64_t>(); integer && right.is<double>())
    return same_number(*integer, *right.get<double>());
  if (const auto* number = left.get<double>(); number && right.is<std::int64_t>())
    return same_number(*right.get<std::int64_t>(), *number);
  if (left.data_.index() != right.data_.index()) return false;
  return std::visit(
      [&right](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, Secret>)
          return false; // compared above
        else
          return held == *right.get<Held>();
      },
      left.data_);
}

void for_each_unknown(const Value& value, const std::function<void(const Unknown&)>& visit) {
  visit_leaves<Unknown>(value, visit);
}

void for_each_secret(const Value& value, const std::function<void(const Secret&)>& visit) {
  visit_leaves<Secret>(value, visit);
}

Value map_secrets(const Value& value, const std::function<Value(const Secret&)>& replace) {
  return replace_leaves<Secret>(value, replace);
}

Value map_unknowns(const Value& value, const std::function<Value(const Unknown&)>& replace) {
  return replace_leaves<Unknown>(value, replace);
}

} // namespace deployctl
