#include "engine/file_inputs.hpp"

#include <array>
#include <string_view>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "config/spanned.hpp"
#include "os/files.hpp"
#include "os/tree.hpp"

namespace deployctl::engine {
namespace {

using Look = LocalFiles::Look;

// Never source: the state with its keys, and a repository's own files.
constexpr std::array<std::string_view, 2> no_source = {".deployctl", ".git"};

Result<Value> file_value(const std::string& real, Look look) {
  DEPLOYCTL_TRY(const os::FileFacts facts,
                look == Look::content ? os::hash_file(real) : os::look_at_file(real));
  return Value(Value::Map{{"mode", static_cast<std::int64_t>(facts.mode)},
                          {"sha256", look == Look::content ? Value(facts.sha256) : config::unknowable(real)},
                          {"size", static_cast<std::int64_t>(facts.size)}});
}

// The digest of a tree is that of the canonical text of its entries, so that names, modes and links count.
Result<Value> tree_value(const std::string& path, const std::string& root, Look look) {
  DEPLOYCTL_TRY(const auto listed, os::list_tree(root, {.without = no_source}));
  Value::Map entries;
  for (const os::TreeEntry& entry : listed) {
    Value value = Value::Map{{"link", entry.link}};
    if (entry.link.empty()) {
      DEPLOYCTL_TRY(value, file_value(root + "/" + entry.name, look));
    }
    entries.emplace(entry.name, std::move(value));
  }
  Value value = Value::Map{{"path", path}, {"entries", std::move(entries)}};
  value["sha256"] =
      look == Look::content ? Value(sha256_hex(to_json(*value.find("entries")))) : config::unknowable(path);
  return value;
}

// Calls `visit(field, value)` for every written field of type file or tree, in nested fields too.
template <class Visit>
Status visit_files(std::span<const Field> table, Value& inputs, const Visit& visit);

template <class Visit>
Status visit_field(const Field& field, Value& value, const Visit& visit) {
  if (field.type == FieldType::file || field.type == FieldType::tree) return visit(field, value);
  if (field.type == FieldType::object) return visit_files(field.fields, value, visit);
  if (field.element.empty()) return {};
  if (auto* list = value.get<Value::List>())
    for (Value& item : *list) DEPLOYCTL_CHECK(visit_field(field.element.front(), item, visit));
  if (auto* map = value.get<Value::Map>())
    for (auto& [key, item] : *map) DEPLOYCTL_CHECK(visit_field(field.element.front(), item, visit));
  return {};
}

template <class Visit>
Status visit_files(std::span<const Field> table, Value& inputs, const Visit& visit) {
  auto* map = inputs.get<Value::Map>();
  if (!map) return {};
  for (const Field& field : table)
    if (const auto written = map->find(field.name); written != map->end())
      DEPLOYCTL_CHECK(visit_field(field, written->second, visit));
  return {};
}

void add_source(const Value& entry, const std::string& path, FileSources& sources) {
  const Value* digest = entry.find("sha256");
  if (digest && digest->text() && !entry.find("link")) sources.emplace(*digest->text(), path);
}

} // namespace

Result<Value> LocalFiles::file(const std::string& path) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = files_.find(path); found != files_.end()) return found->second;
  }
  DEPLOYCTL_TRY(const std::string real, os::resolve_below(root_, path));
  DEPLOYCTL_TRY(Value value, file_value(real, look_));
  value["path"] = path;
  const std::lock_guard lock(mutex_);
  return files_.emplace(path, std::move(value)).first->second;
}

Result<Value> LocalFiles::tree(const std::string& path) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = trees_.find(path); found != trees_.end()) return found->second;
  }
  DEPLOYCTL_TRY(const std::string real, os::resolve_below(root_, path));
  DEPLOYCTL_TRY(Value value, tree_value(path, real, look_));
  const std::lock_guard lock(mutex_);
  return trees_.emplace(path, std::move(value)).first->second;
}

bool LocalFiles::exists(const std::string& path) const {
  return os::resolve_below(root_, path).has_value();
}

Result<Value> ingest_files(std::span<const Field> table, const Value& inputs,
                           const config::FileProbe& files) {
  Value result = inputs;
  DEPLOYCTL_CHECK(visit_files(table, result, [&](const Field& field, Value& value) -> Status {
    if (!value.text()) return {};
    const std::string path = *value.text();
    auto shaped = field.type == FieldType::file ? files.file(path) : files.tree(path);
    if (!shaped) return fail(std::move(shaped).error().in("while reading the input '" + field.name + "'"));
    value = *std::move(shaped);
    return {};
  }));
  return result;
}

void collect_sources(std::span<const Field> table, const Value& inputs, const std::string& root,
                     FileSources& sources) {
  Value copy = inputs;
  (void)visit_files(table, copy, [&](const Field& field, Value& value) -> Status {
    const Value* path = value.find("path");
    if (!path || !path->text()) return {};
    const std::string absolute = path->text()->starts_with('/') ? *path->text() : root + "/" + *path->text();
    const Value* entries = value.find("entries");
    if (field.type == FieldType::file) add_source(value, absolute, sources);
    if (entries && entries->map())
      for (const auto& [name, entry] : *entries->map())
        add_source(entry, fmt::format("{}/{}", absolute, name), sources);
    return {};
  });
}

} // namespace deployctl::engine
