#include "state/fields.hpp"

#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "base/integer.hpp"

namespace deployctl::state {

Fields::Fields(const Value& value, std::string what) : value_(value), what_(std::move(what)) {
  if (!value.map()) error_ = Error{.cause = Cause::config, .message = what_ + ": expected a map"};
}

const Value* Fields::take(std::string_view name) {
  asked_.emplace(name);
  if (error_) return nullptr;
  const Value* found = value_.find(name);
  if (!found)
    error_ = Error{.cause = Cause::config, .message = fmt::format("{}: '{}' is missing", what_, name)};
  return found;
}

Fields& Fields::mistake(std::string_view name, std::string_view wanted) {
  return keep({.cause = Cause::config, .message = fmt::format("{}: '{}' is not {}", what_, name, wanted)});
}

Fields& Fields::keep(Error error) {
  if (!error_) error_ = std::move(error);
  return *this;
}

Fields& Fields::read(std::string_view name, std::string& out) {
  const Value* found = take(name);
  if (!found) return *this;
  if (!found->text()) return mistake(name, "text");
  out = *found->text();
  return *this;
}

Fields& Fields::read(std::string_view name, std::int64_t& out) {
  const Value* found = take(name);
  if (!found) return *this;
  const auto* number = found->get<std::int64_t>();
  if (!number) return mistake(name, "a whole number");
  out = *number;
  return *this;
}

Fields& Fields::read(std::string_view name, int& out) {
  std::int64_t number = out;
  read(name, number);
  if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
    return mistake(name, "a number of this size");
  out = static_cast<int>(number);
  return *this;
}

Fields& Fields::read(std::string_view name, bool& out) {
  const Value* found = take(name);
  if (!found) return *this;
  const auto* boolean = found->get<bool>();
  if (!boolean) return mistake(name, "true or false");
  out = *boolean;
  return *this;
}

Fields& Fields::read(std::string_view name, Value& out) {
  if (const Value* found = take(name)) out = *found;
  return *this;
}

Fields& Fields::read(std::string_view name, std::vector<std::string>& out) {
  return read_each(name, out, [&](const Value& item) -> Result<std::string> {
    if (item.text()) return *item.text();
    return fail(Cause::config, fmt::format("{}: '{}' holds something that is not text", what_, name));
  });
}

Fields& Fields::read(std::string_view name, std::size_t& out, const std::vector<std::string_view>& names) {
  std::string text;
  read(name, text);
  if (error_) return *this;
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return mistake(name, fmt::format("a known name: '{}'", text));
  out = static_cast<std::size_t>(found - names.begin());
  return *this;
}

Status Fields::finish() {
  if (error_) return fail(*error_);
  for (const auto& [name, member] : *value_.map())
    if (!asked_.contains(name))
      return fail(Cause::config, fmt::format("{}: unknown field '{}'", what_, name));
  return {};
}

Status check_format(const Value& value, std::string_view what, int newest) {
  const Value* format = value.find("format");
  const auto* number = format ? format->get<std::int64_t>() : nullptr;
  if (!number) return fail(Cause::config, fmt::format("{}: 'format' is missing", what));
  if (*number <= newest && *number >= 1) return {};
  return fail(
      Cause::config,
      fmt::format("{}: format {} is newer than {}, the newest this version reads", what, *number, newest),
      "use the version of deployctl that wrote it, or a newer one");
}

Result<std::uint64_t> parse_unsigned(std::string_view text, std::string_view what) {
  const auto number = parse_integer<std::uint64_t>(text);
  if (!number) return fail(Cause::config, fmt::format("{} is not a number: '{}'", what, text));
  return *number;
}

Value to_list(const std::vector<std::string>& items) {
  return Value::List(items.begin(), items.end());
}

} // namespace deployctl::state
