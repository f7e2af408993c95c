#include "config/shape.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "config/language.hpp"
#include "config/scalar.hpp"
#include "config/shape_leaves.hpp"

namespace deployctl::config {

namespace {

using Kind = Spanned::Kind;

void check_length(const Field& field, std::size_t count, const Spanned& written, const Where& where,
                  ShapeContext& context) {
  const auto size = static_cast<std::int64_t>(count);
  if (field.least && size < *field.least)
    context.findings.error(
        "D0310", written.anchor(),
        fmt::format("{} has {} entries, at least {} wanted", where.text(), size, *field.least), "too few",
        field.example.empty() ? std::string{} : fmt::format("for example {}", field.example));
  if (field.most && size > *field.most)
    context.findings.error(
        "D0310", written.anchor(),
        fmt::format("{} has {} entries, at most {} allowed", where.text(), size, *field.most), "too many");
}

Value shape_list(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  check_length(field, written.items.size(), written, where, context);
  Value::List items;
  for (const auto& item : written.items) items.push_back(shape(field.element.front(), item, where, context));
  return items;
}

// What the entries of a map are called in messages.
struct Noun {
  std::string_view map;
  std::string_view entry;
};
constexpr std::array<Noun, 6> nouns = {{{"steps", "step"},
                                        {"finally", "step"},
                                        {"gates", "gate"},
                                        {"environments", "environment"},
                                        {"providers", "provider"},
                                        {"hosts", "role"}}};

std::string_view noun_of(const Field& map, const ShapeContext& context) {
  if (!context.action.empty()) return {};
  const auto* const found =
      std::find_if(nouns.begin(), nouns.end(), [&](const Noun& n) { return n.map == map.name; });
  return found == nouns.end() ? std::string_view{} : found->entry;
}

// Whether a text may be a key of this map; compiles its pattern once for all keys.
class KeyRule {
public:
  explicit KeyRule(const Field& map) : ids_(map.pattern == id_pattern) {
    if (ids_ || map.pattern.empty()) return;
    if (auto pattern = Pattern::compile(map.pattern)) pattern_ = *std::move(pattern);
  }

  [[nodiscard]] bool allows(std::string_view key) const {
    return ids_ ? is_id(key) : !pattern_ || pattern_->matches(key);
  }

private:
  bool ids_;
  std::optional<Pattern> pattern_;
};

void check_map_key(const Field& field, const KeyRule& names, const SpannedEntry& entry, std::string_view noun,
                   const Where& where, ShapeContext& context) {
  check_key_text(entry, context);
  if (!names.allows(entry.key))
    context.findings.error("D0207", entry.key_span,
                           noun.empty()
                               ? fmt::format("'{}' is not a valid name in {}", entry.key, where.text())
                               : fmt::format("'{}' is not a valid {} name", entry.key, noun),
                           "not a name", fmt::format("names match {}", field.pattern));
}

Value shape_map(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  check_length(field, written.entries.size(), written, where, context);
  Value::Map map;
  const auto& element = field.element.front();
  const KeyRule names(field);
  const auto noun = noun_of(field, context);
  for (const auto& entry : written.entries) {
    check_map_key(field, names, entry, noun, where, context);
    const Where inside{.around = &where, .noun = noun, .name = entry.key};
    map[entry.key] = shape(element, entry.value, inside, context);
  }
  return map;
}

void report_kind(const Field& field, const Spanned& written, std::string_view wanted, const Where& where,
                 ShapeContext& context) {
  context.findings.error("D0203", written.anchor(),
                         fmt::format("{} is {}, expected {}", where.text(), describe_kind(written), wanted),
                         fmt::format("expected {}", wanted),
                         field.example.empty() ? std::string{}
                                               : fmt::format("for example {}", field.example));
}

// Whether a shape of `any` could be meant by what stands there.
bool is_near(const Field& shape_of_any, Kind kind) {
  const bool scalar = kind == Kind::text || kind == Kind::leaf;
  return scalar ? is_scalar_type(shape_of_any.type) : container_of(shape_of_any.type) == kind;
}

std::string expected_shapes(const std::vector<Field>& shapes) {
  std::vector<std::string> names;
  for (const auto& one : shapes)
    if (auto text = describe_field(one); std::find(names.begin(), names.end(), text) == names.end())
      names.push_back(std::move(text));
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i)
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return text;
}

// The first shape without a mistake counts; if there is none, the mistakes of the only near one are told.
Value shape_any_of(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  std::vector<const Field*> near;
  for (const auto& candidate : field.element) {
    if (!is_near(candidate, written.kind)) continue;
    near.push_back(&candidate);
    Findings trial;
    ShapeContext attempt{.findings = trial, .action = context.action, .overlay = context.overlay};
    auto value = shape(candidate, written, where, attempt);
    if (trial.errors() > 0) continue;
    if (!in_this_version(candidate.since))
      report_later(context.findings, "D0903", written.span,
                   written.kind == Kind::text ? fmt::format("value '{}' of {}", written.text, where.text())
                                              : fmt::format("this form of {}", where.text()));
    return value;
  }
  if (near.size() == 1) return shape(*near.front(), written, where, context);
  report_kind(field, written, expected_shapes(field.element), where, context);
  return {};
}

Value shape_null(const Spanned& written, const Where& where, ShapeContext& context) {
  if (context.overlay || written.broken) return {};
  context.findings.error(
      "D0204", written.span, fmt::format("{} has no value", where.text()), "nothing stands here",
      written.comment_follows ? "an unquoted '#' begins a comment: put a value that begins with '#' in quotes"
                              : "write a value or remove the key; null removes a key in an environment only");
  return {};
}

Value shape_container(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  const auto wanted = container_of(field.type);
  if (written.kind != *wanted) {
    report_kind(field, written, describe_field(field), where, context);
    return {};
  }
  if (field.type == FieldType::object) return shape_members(field.fields, {}, written, where, context);
  if (field.type == FieldType::map) return shape_map(field, written, where, context);
  return shape_list(field, written, where, context);
}

} // namespace

Value shape(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  if (written.kind == Kind::null) return shape_null(written, where, context);
  if (written.kind == Kind::later) return unknowable(written.text);
  if (written.kind == Kind::leaf && !written.value.text()) {
    if (auto settled = shape_leaf(field, written, where, context)) return *std::move(settled);
  }
  if (field.type == FieldType::any)
    return field.element.empty() ? as_written(written, field, where, context)
                                 : shape_any_of(field, written, where, context);
  if (field.type == FieldType::hosts) return shape_hosts(written, where, context);
  if (field.type == FieldType::file || field.type == FieldType::tree)
    return shape_file(field, written, where, context);
  if (field.type == FieldType::argv) return shape_argv(field, written, where, context);
  if (container_of(field.type)) return shape_container(field, written, where, context);
  return shape_scalar(field, written, where, context);
}

} // namespace deployctl::config
