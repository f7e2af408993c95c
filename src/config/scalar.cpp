#include "config/scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <deployctl/units.hpp>
#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/pattern.hpp"
#include "base/strings.hpp"
#include "config/interpolation_filters.hpp"

namespace deployctl::config {
namespace {

constexpr std::string_view digits = "0123456789";

tl::unexpected<ScalarProblem> problem(std::string_view code, std::string message, std::string help = {}) {
  return tl::unexpected<ScalarProblem>({std::string(code), std::move(message), std::move(help)});
}

// The field's bounds, in the unit that the type counts in; `show` writes a bound as the author would.
template <class Number, class Show>
std::optional<ScalarProblem> outside(const Field& field, Number number, std::string_view text, Show show) {
  const auto fault = [&](std::string_view side, std::int64_t bound) {
    return ScalarProblem{"D0305", fmt::format("{} is {} {}", text, side, show(bound)),
                         field.least && field.most ? fmt::format("write a value from {} to {}",
                                                                 show(*field.least), show(*field.most))
                                                   : ""};
  };
  if (field.least && number < static_cast<Number>(*field.least)) return fault("less than", *field.least);
  if (field.most && number > static_cast<Number>(*field.most)) return fault("more than", *field.most);
  return std::nullopt;
}

std::string show_number(std::int64_t number) {
  return std::to_string(number);
}
std::string show_duration(std::int64_t ms) {
  return format_duration(Milliseconds(ms));
}
std::string show_size(std::int64_t bytes) {
  return format_size(static_cast<std::uint64_t>(std::max<std::int64_t>(bytes, 0)));
}
std::string show_percent(std::int64_t percent) {
  return std::to_string(percent) + "%";
}

std::string help_for_whole_number(std::string_view text) {
  const std::string_view body = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  if (body.find('_') != std::string_view::npos)
    return fmt::format("write {} without '_'", replace_all(text, "_", ""));
  if (body.size() > 1 && body.find_first_not_of(digits) == std::string_view::npos)
    return "write it without leading zeros, which some readers take for octal; a text such as a file mode "
           "belongs in a text field";
  return "write decimal digits only";
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  const std::string_view body = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  if (body.empty() || body.find_first_not_of(digits) != std::string_view::npos) return std::nullopt;
  if (body.size() > 1 && body.front() == '0') return std::nullopt;
  return parse_integer<std::int64_t>(text);
}

ScalarResult as_boolean(const Field&, std::string_view text, bool) {
  if (text == "true" || text == "false") return Value(text == "true");
  return problem("D0301", fmt::format("'{}' is neither true nor false", text), "write true or false");
}

ScalarResult as_integer(const Field& field, std::string_view text, bool) {
  const auto number = whole_number(text);
  if (!number)
    return problem("D0302", fmt::format("'{}' is not a whole number", text), help_for_whole_number(text));
  if (auto fault = outside(field, *number, text, show_number)) return tl::unexpected(*std::move(fault));
  return Value(*number);
}

ScalarResult as_number(const Field& field, std::string_view text, bool) {
  if (whole_number(text)) return as_integer(field, text, true);
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view body = text.substr(text.substr(0, 1) == "-" ? 1 : 0);
  const bool decimal = !body.empty() && digits.find(body.front()) != std::string_view::npos &&
                       (body.front() != '0' || body.substr(1, 1) == ".");
  if (!decimal || code != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return problem("D0303", fmt::format("'{}' is not a number", text), "write a decimal number such as 0.5");
  if (auto fault = outside(field, number, text, show_number)) return tl::unexpected(*std::move(fault));
  return Value(number);
}

tl::unexpected<ScalarProblem> no_measure(const Error& error) {
  return problem("D0304", error.message, error.help);
}

ScalarResult as_duration(const Field& field, std::string_view text, bool) {
  const auto duration = parse_duration(text);
  if (!duration) return no_measure(duration.error());
  if (auto fault = outside(field, duration->count(), text, show_duration))
    return tl::unexpected(*std::move(fault));
  return Value(format_duration(*duration));
}

ScalarResult as_size(const Field& field, std::string_view text, bool) {
  const auto size = parse_size(text);
  if (!size) return no_measure(size.error());
  if (auto fault = outside(field, static_cast<std::int64_t>(*size), text, show_size))
    return tl::unexpected(*std::move(fault));
  return Value(format_size(*size));
}

ScalarResult as_percent(const Field& field, std::string_view text, bool) {
  const auto percent = parse_percent(text);
  if (!percent) return no_measure(percent.error());
  if (auto fault = outside(field, *percent, text, show_percent)) return tl::unexpected(*std::move(fault));
  return Value(show_percent(*percent));
}

ScalarResult as_choice(const Field& field, std::string_view text, bool) {
  if (std::find(field.choices.begin(), field.choices.end(), text) != field.choices.end()) return Value(text);
  const std::vector<std::string> near = similar_names(text, field.choices);
  return problem("D0306", fmt::format("'{}' is not one of {}", text, join(field.choices, ", ")),
                 near.empty() ? "" : fmt::format("a similar value exists: '{}'", near.front()));
}

ScalarResult as_text(const Field& field, std::string_view text, bool) {
  if (field.pattern.empty()) return Value(text);
  const auto pattern = Pattern::compile(field.pattern);
  if (pattern && pattern->matches(text)) return Value(text);
  return problem("D0307", fmt::format("'{}' does not have the form {}", text, field.pattern),
                 field.example.empty() ? "" : fmt::format("for example '{}'", field.example));
}

// RFC 3986: scheme "://" authority; the rest is the server's business.
ScalarResult as_url(const Field& field, std::string_view text, bool plain) {
  const std::size_t colon = text.find("://");
  const std::string_view scheme = text.substr(0, std::min(colon, text.size()));
  const bool has_scheme =
      colon != std::string_view::npos && !scheme.empty() &&
      scheme.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.") == std::string_view::npos;
  if (has_scheme && text.size() > colon + 3 && text.find_first_of(" \t\r\n") == std::string_view::npos)
    return as_text(field, text, plain);
  return problem("D0308", fmt::format("'{}' is not a URL", text),
                 "write scheme and host: https://example.com/path");
}

ScalarResult as_any(const Field& field, std::string_view text, bool plain) {
  if (plain && (text == "true" || text == "false")) return Value(text == "true");
  const auto number = plain ? whole_number(text) : std::nullopt;
  return number ? ScalarResult(Value(*number)) : as_text(field, text, plain);
}

ScalarResult as_collection(const Field& field, std::string_view text, bool) {
  return problem("D0309", fmt::format("'{}' is a text, but {} is wanted", text, describe_type(field.type)));
}

struct TypeRule {
  std::string_view description;
  ScalarResult (*interpret)(const Field&, std::string_view, bool plain);
};

// In the order of FieldType.
constexpr std::array<TypeRule, 19> type_rules = {{
    {"any value", as_any},
    {"true or false", as_boolean},
    {"a whole number", as_integer},
    {"a number", as_number},
    {"text", as_text},
    {"a duration such as 10s", as_duration},
    {"a size such as 512MiB", as_size},
    {"a percentage such as 25%", as_percent},
    {"one of several words", as_choice},
    {"a URL", as_url},
    {"a path on the target", as_text},
    {"a list of words of a command", as_collection},
    {"shell text", as_text},
    {"a local file", as_text},
    {"a local folder", as_text},
    {"a role or a list of hosts", as_text},
    {"a list", as_collection},
    {"a map", as_collection},
    {"a map of fields", as_collection},
}};
static_assert(static_cast<std::size_t>(FieldType::object) + 1 == type_rules.size());

// Already of the field's type, or a leaf that says nothing about its type yet.
bool fits(const Field& field, const Value& value) {
  if (field.type == FieldType::any || value.is<Unknown>() || value.is<Secret>()) return true;
  return value.is<bool>() && field.type == FieldType::boolean;
}

} // namespace

ScalarResult interpret_scalar(const Field& field, std::string_view text, bool plain) {
  return type_rules.at(static_cast<std::size_t>(field.type)).interpret(field, text, plain);
}

ScalarResult interpret_value(const Field& field, const Value& value) {
  if (fits(field, value)) return value;
  const auto text = scalar_text(value);
  if (!text)
    return problem("D0309", fmt::format("{} was given, but {} is wanted", text.error().message,
                                        describe_type(field.type)));
  return interpret_scalar(field, *text, false);
}

std::string_view describe_type(FieldType type) {
  return type_rules.at(static_cast<std::size_t>(type)).description;
}

} // namespace deployctl::config
