#include "base/json.hpp"

#include <limits>
#include <optional>

#include <nlohmann/json.hpp>

namespace deployctl {
namespace {

using nlohmann::json;

const std::string* text_member(const Value& map, std::string_view key) {
  const Value* found = map.find(key);
  return found ? found->text() : nullptr;
}

std::optional<Value> unknown_leaf(const Value& content) {
  const auto* step = text_member(content, "step");
  const auto* output = text_member(content, "output");
  const auto* expression = text_member(content, "expression");
  if (!step || !output || !expression || content.map()->size() != 3) return std::nullopt;
  return Unknown{.step = *step, .output = *output, .expression = *expression};
}

std::optional<Secret::Part> secret_part(const Value& content) {
  const auto* literal = text_member(content, "literal");
  const auto* name = text_member(content, "name");
  if ((literal != nullptr) == (name != nullptr) || content.map()->size() != 1) return std::nullopt;
  return literal ? Secret::Part{.literal = *literal, .name = {}} : Secret::Part{.literal = {}, .name = *name};
}

std::optional<Value> secret_leaf(const Value& content) {
  const Value* list = content.find("parts");
  const auto* version = text_member(content, "version");
  if (!list || !list->list() || !version || content.map()->size() != 2) return std::nullopt;
  std::vector<Secret::Part> parts;
  for (const Value& item : *list->list()) {
    std::optional<Secret::Part> part = secret_part(item);
    if (!part) return std::nullopt;
    parts.push_back(*std::move(part));
  }
  return Secret::composed(std::move(parts), *version);
}

// Takes the '$' rules of contract mode back: leaves become leaves, a doubled '$' becomes one.
std::optional<Value> without_escapes(Value::Map map) {
  const auto begins_with_dollar = [](const auto& member) { return member.first.starts_with('$'); };
  if (std::none_of(map.begin(), map.end(), begins_with_dollar)) return Value(std::move(map));
  if (const auto& [key, content] = *map.begin(); map.size() == 1 && !key.starts_with("$$")) {
    if (key == "$unknown") return unknown_leaf(content);
    if (key == "$secret") return secret_leaf(content);
    return std::nullopt;
  }
  Value::Map plain;
  for (auto& [key, item] : map) {
    if (key.starts_with('$') && !key.starts_with("$$")) return std::nullopt;
    plain.emplace(key.starts_with('$') ? key.substr(1) : key, std::move(item));
  }
  return Value(std::move(plain));
}

// Builds a Value from the parser's events. The parser keeps no recursion, so depth costs only what is built
// here.
class Builder final : public json::json_sax_t {
public:
  Builder(JsonMode mode, int depth) : mode_(mode), depth_(depth) {}

  bool null() override { return put(Value()); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(std::int64_t{value}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return put(static_cast<std::int64_t>(value));
    return large_integer(static_cast<double>(value), std::to_string(value));
  }
  bool number_float(number_float_t value, const string_t& text) override {
    return text.find_first_of(".eE") == std::string::npos ? large_integer(value, text) : put(value);
  }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool start_object(std::size_t) override { return open(Value::Map()); }
  bool start_array(std::size_t) override { return open(Value::List()); }
  bool key(string_t& value) override {
    Frame& frame = frames_.back();
    if (mode_ == JsonMode::contract && frame.value.find(value))
      return refuse("the key '" + value + "' twice");
    frame.key = std::move(value);
    return true;
  }
  bool end_array() override { return close(std::move(frames_.back().value)); }
  bool end_object() override {
    if (mode_ == JsonMode::plain) return close(std::move(frames_.back().value));
    std::optional<Value> map = without_escapes(std::move(*frames_.back().value.get<Value::Map>()));
    return map ? close(*std::move(map)) : refuse("a key that begins with a single '$' and is no known leaf");
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    return refuse("no JSON at byte " + std::to_string(position == 0 ? 0 : position - 1));
  }

  Value take() { return std::move(root_); }
  [[nodiscard]] const std::string& problem() const { return problem_; }

private:
  struct Frame {
    Value value;
    std::string key;
  };

  bool refuse(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }

  // Our own text of a large double is an integer too; any other would lose digits silently.
  bool large_integer(double value, const std::string& text) {
    if (mode_ == JsonMode::contract && to_json(value) != text) return refuse("an integer beyond 64 bits");
    return put(value);
  }

  bool open(Value container) {
    if (frames_.size() >= static_cast<std::size_t>(depth_))
      return refuse("more than " + std::to_string(depth_) + " nested levels");
    frames_.push_back({.value = std::move(container), .key = {}});
    return true;
  }

  bool close(Value finished) {
    frames_.pop_back();
    return put(std::move(finished));
  }

  bool put(Value value) {
    if (frames_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Frame& frame = frames_.back();
    if (auto* list = frame.value.get<Value::List>())
      list->push_back(std::move(value));
    else
      frame.value[frame.key] = std::move(value);
    return true;
  }

  JsonMode mode_;
  int depth_;
  std::vector<Frame> frames_;
  Value root_;
  std::string problem_;
};

} // namespace

Result<Value> parse_json(std::string_view text, JsonMode mode, JsonLimits limits) {
  if (text.size() > limits.bytes)
    return fail(Cause::config, "JSON of " + std::to_string(text.size()) + " bytes is over the limit of " +
                                   std::to_string(limits.bytes));
  Builder builder(mode, limits.depth);
  if (!json::sax_parse(text.begin(), text.end(), &builder))
    return fail(Cause::config, "the JSON text has " + builder.problem());
  return builder.take();
}

} // namespace deployctl
