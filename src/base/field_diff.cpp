#include "base/field_diff.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace deployctl {
namespace {

const Value nothing;

const Value& member(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : nothing;
}

// One walk over a pair of values. The flags are those of the nearest field of the table.
class Comparison {
public:
  explicit Comparison(bool exists) : exists_(exists) {}

  void fields(std::span<const Field> table, const Value& before, const Value& wanted,
              const std::string& prefix, bool replaces, bool annotation) {
    for (const Field& field : table) {
      const Value* after = wanted.find(field.name);
      if (!after || !field.managed) continue;
      const Value& old = member(before, field.name);
      const bool other_thing = field.identity && !old.is_null();
      compare(field, old, *after, prefix + field.name,
              {replaces || field.immutable || other_thing, annotation || field.annotation});
    }
  }

  FieldDiff take() && {
    diff_.annotations_only = !diff_.fields.empty() && !deployment_;
    return std::move(diff_);
  }

private:
  struct Flags {
    bool replaces = false;
    bool annotation = false;
  };

  void compare(const Field& field, const Value& before, const Value& after, const std::string& path,
               Flags flags) {
    if (after.is<Unknown>()) return add(path, before, after, flags);
    switch (field.type) {
    case FieldType::object:
      return object(field, before, after, path, flags);
    case FieldType::map:
      return map(&field.element.rows(), before, after, path, flags);
    case FieldType::any:
      return any(before, after, path, flags);
    case FieldType::file:
      return file(before, after, path, flags);
    case FieldType::tree:
      return tree(before, after, path, flags);
    default:
      return leaf(before, after, path, flags);
    }
  }

  void object(const Field& field, const Value& before, const Value& after, const std::string& path,
              Flags flags) {
    if (!after.map() || !before.map()) return leaf(before, after, path, flags);
    fields(field.fields, before, after, path + ".", flags.replaces, flags.annotation);
  }

  // `element` points to the element's field, as a vector of one; null or empty below a field of type `any`.
  void map(const std::vector<Field>* element, const Value& before, const Value& after,
           const std::string& path, Flags flags) {
    if (!after.map() || (!before.map() && !before.is_null())) return leaf(before, after, path, flags);
    std::set<std::string_view> keys;
    for (const auto& [key, item] : *after.map()) keys.insert(key);
    if (before.map())
      for (const auto& [key, item] : *before.map()) keys.insert(key);
    for (const std::string_view key : keys) {
      const std::string below = path + "." + std::string(key);
      const Value& old_item = member(before, key);
      const Value& new_item = member(after, key);
      if (element && !element->empty())
        compare(element->front(), old_item, new_item, below, flags);
      else
        any(old_item, new_item, below, flags);
    }
  }

  void any(const Value& before, const Value& after, const std::string& path, Flags flags) {
    if (before.map() && after.map()) return map(nullptr, before, after, path, flags);
    leaf(before, after, path, flags);
  }

  void file(const Value& before, const Value& after, const std::string& path, Flags flags) {
    if (!before.map() || !after.map()) {
      if (before != after) add(path, content(before), content(after), flags);
      return;
    }
    entry(before, after, path, flags);
  }

  void tree(const Value& before, const Value& after, const std::string& path, Flags flags) {
    const Value* old_entries = before.find("entries");
    const Value* new_entries = after.find("entries");
    if (!old_entries || !new_entries) {
      if (member(before, "sha256") != member(after, "sha256"))
        add(path, content(before), content(after), flags);
      return;
    }
    std::set<std::string_view> names;
    for (const Value* entries : {old_entries, new_entries})
      for (const auto& [name, item] : *entries->map()) names.insert(name);
    for (const std::string_view name : names)
      entry(member(*old_entries, name), member(*new_entries, name), path + "." + std::string(name), flags);
  }

  void entry(const Value& before, const Value& after, const std::string& path, Flags flags) {
    if (content(before) != content(after)) return add(path, content(before), content(after), flags);
    const Value& old_mode = member(before, "mode");
    const Value& new_mode = member(after, "mode");
    if (!old_mode.is_null() && !new_mode.is_null() && old_mode != new_mode)
      add(path + ".mode", octal(old_mode), octal(new_mode), flags);
  }

  // What an entry holds, as one value to show and compare: "sha256:..." or "-> target".
  static Value content(const Value& entry) {
    if (!entry.map()) return entry;
    if (const Value* link = entry.find("link"); link && link->text()) return "-> " + *link->text();
    const Value& digest = member(entry, "sha256");
    return digest.text() ? Value("sha256:" + *digest.text()) : digest;
  }

  static Value octal(const Value& mode) {
    const auto* number = mode.get<std::int64_t>();
    if (!number) return mode;
    char text[16];
    std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(*number) & 07777U);
    return std::string(text);
  }

  static bool equal(const Value& before, const Value& after) {
    const auto* secret = after.get<Secret>();
    if (secret && before.text()) return !secret->version().empty() && secret->version() == *before.text();
    return before == after;
  }

  void leaf(const Value& before, const Value& after, const std::string& path, Flags flags) {
    if (!equal(before, after)) add(path, before, after, flags);
  }

  void add(const std::string& path, const Value& before, const Value& after, Flags flags) {
    diff_.fields.push_back(
        {.path = path, .before = before, .after = after, .forces_replacement = flags.replaces && exists_});
    diff_.replaces |= diff_.fields.back().forces_replacement;
    deployment_ |= !flags.annotation;
  }

  bool exists_;
  FieldDiff diff_;
  bool deployment_ = false; // at least one change is more than an annotation
};

Value filled(const Field& field, const Value* written) {
  if ((!written || written->is_null()) && field.fallback) return *field.fallback;
  if (!written) return {};
  if (field.type == FieldType::object && written->map()) return with_defaults(field.fields, *written);
  if (field.element.empty()) return *written;
  const Field& element = field.element.front();
  if (element.type != FieldType::object) return *written;
  Value result = *written;
  if (auto* list = result.get<Value::List>())
    for (Value& item : *list) item = filled(element, &item);
  if (auto* map = result.get<Value::Map>())
    for (auto& [key, item] : *map) item = filled(element, &item);
  return result;
}

} // namespace

FieldDiff diff_fields(std::span<const Field> table, const Value& before, const Value& wanted) {
  Comparison comparison(!before.is_null());
  comparison.fields(table, before, wanted, "", false, false);
  return std::move(comparison).take();
}

Value with_defaults(std::span<const Field> table, const Value& inputs) {
  Value::Map result;
  if (inputs.map()) result = *inputs.map();
  for (const Field& field : table) {
    const Value* written = inputs.find(field.name);
    Value value = filled(field, written);
    if (written || !value.is_null()) result.insert_or_assign(field.name, std::move(value));
  }
  return result;
}

Value managed_part(std::span<const Field> table, const Value& observed, const Value& wanted) {
  Value::Map result;
  for (const Field& field : table) {
    const Value* written = wanted.find(field.name);
    const Value* seen = observed.find(field.name);
    if (!written || !seen || !field.managed) continue;
    const bool nested = field.type == FieldType::object && written->map() && seen->map();
    result.emplace(field.name, nested ? managed_part(field.fields, *seen, *written) : *seen);
  }
  return result;
}

Value identity_part(std::span<const Field> table, const Value& inputs) {
  Value::Map result;
  for (const Field& field : table)
    if (const Value* written = inputs.find(field.name); written && field.identity)
      result.emplace(field.name, *written);
  return result;
}

const Field* find_field(std::span<const Field> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Field::name);
  return found == table.end() ? nullptr : &*found;
}

} // namespace deployctl
