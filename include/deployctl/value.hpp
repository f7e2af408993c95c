// Value: what crosses every edge of the contract. JSON plus two leaves: Unknown (a step's output that does
// not exist yet) and Secret. Typed code decodes it with Input<T> (input.hpp); JSON text is made and read in
// base/json.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <deployctl/secret.hpp>

namespace deployctl {

// Stands for text that depends on another step's output. `expression` is the text as written, with everything
// that was already known put in, so that it can be evaluated when `step` has its outputs.
struct Unknown {
  std::string step;
  std::string output;     // path below the step's outputs, dots between parts
  std::string expression; // "${steps.image.ref}" or "registry/${steps.image.tag}"

  friend bool operator==(const Unknown&, const Unknown&) = default;
};

class Value {
public:
  using List = std::vector<Value>;
  using Map = std::map<std::string, Value, std::less<>>;

  Value() = default; // null
  Value(std::nullptr_t) {}
  Value(bool value) : data_(value) {}
  Value(int value) : data_(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value) : data_(value) {}
  Value(double value) : data_(value) {}
  Value(const char* value) : data_(std::string(value)) {}
  Value(std::string_view value) : data_(std::string(value)) {}
  Value(std::string value) : data_(std::move(value)) {}
  Value(List value) : data_(std::move(value)) {}
  Value(Map value) : data_(std::move(value)) {}
  Value(Unknown value) : data_(std::move(value)) {}
  Value(Secret value) : data_(std::move(value)) {}

  template <class T>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<T>(data_);
  }
  template <class T>
  [[nodiscard]] const T* get() const {
    return std::get_if<T>(&data_);
  }
  template <class T>
  [[nodiscard]] T* get() {
    return std::get_if<T>(&data_);
  }

  [[nodiscard]] bool is_null() const { return is<std::monostate>(); }
  [[nodiscard]] const std::string* text() const { return get<std::string>(); }
  [[nodiscard]] const List* list() const { return get<List>(); }
  [[nodiscard]] const Map* map() const { return get<Map>(); }

  // The member of a map, or nullptr: also when this is not a map.
  [[nodiscard]] const Value* find(std::string_view key) const;
  // Follows "a.b.0.c" through maps and lists; nullptr when a part is missing.
  [[nodiscard]] const Value* find_path(std::string_view path) const;
  // Makes this a map if it is null; a bug if it is anything else.
  Value& operator[](std::string_view key);

  // Secrets are equal when their references are: parts and version, never bytes.
  friend bool operator==(const Value& left, const Value& right);

private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map, Unknown, Secret> data_;
};

// Calls `visit` for every Unknown or Secret leaf, depth first, in key order.
void for_each_unknown(const Value& value, const std::function<void(const Unknown&)>& visit);
void for_each_secret(const Value& value, const std::function<void(const Secret&)>& visit);
// A copy in which every Secret or Unknown leaf was replaced by what `replace` gives.
Value map_secrets(const Value& value, const std::function<Value(const Secret&)>& replace);
Value map_unknowns(const Value& value, const std::function<Value(const Unknown&)>& replace);

} // namespace deployctl
