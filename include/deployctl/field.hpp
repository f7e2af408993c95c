// The recursive field table of an action: one table feeds decoding, errors, JSON Schema, `explain`,
// completion and docs. Data only. Authors do not write it by hand but through Table<T> (input.hpp), which
// adds the typed decoder.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl {

enum class FieldType {
  any,
  boolean,
  integer,
  number,
  text,     // a scalar of any look, kept as written
  duration, // "10s 5m 4h 3d"; canonical text in a Value
  size,     // "512MiB"; canonical text in a Value
  percent,  // "25%"; canonical text in a Value
  choice,   // one of `choices`
  url,
  path,   // a path on the target
  argv,   // list of text, not empty; refuses secrets
  script, // shell text, verbatim: no interpolation; refuses secrets
  file,   // a local file below the pipeline's folder; becomes {path, sha256, size, mode}
  tree,   // a local folder; becomes {path, sha256, entries: {name: {sha256, size, mode} | {link}}}
  hosts,  // a role's name or a list of hosts; becomes a list of host names
  list,   // of `element`
  map,    // text keys to `element`
  object, // of `fields`
};

// Whether a field may hold a secret: never (argv, identity), as text that accepts one, or only as a
// reference.
enum class SecretUse { never, value, reference };

struct Field;

// The rows of one table. They never change, so copies share them: tables nest and are put together by
// copying.
class FieldList {
public:
  FieldList() = default;
  FieldList(std::vector<Field> rows);
  FieldList(std::initializer_list<Field> rows);
  operator const std::vector<Field>&() const;
  [[nodiscard]] const std::vector<Field>& rows() const;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const Field& front() const;
  [[nodiscard]] std::vector<Field>::const_iterator begin() const;
  [[nodiscard]] std::vector<Field>::const_iterator end() const;

private:
  std::shared_ptr<const std::vector<Field>> rows_;
};

struct Field {
  std::string name;
  FieldType type = FieldType::text;
  std::string help; // one real sentence, ends with a full stop
  std::string example;
  std::string unit;              // "seconds", "bytes"; empty if the type says it
  std::optional<Value> fallback; // the default; none means "not managed" unless required
  bool required = false;
  bool identity = false;   // with the action, says which real thing this is
  bool immutable = false;  // a change replaces
  bool managed = true;     // part of the drift fingerprint when written
  bool annotation = false; // a note on the target; a change alone is no deployment
  SecretUse secret = SecretUse::never;
  std::optional<std::int64_t> least;
  std::optional<std::int64_t> most; // for integer, list length, duration (ms), size (bytes), percent
  std::string pattern;              // RE2, whole match: of text, of the keys of a map
  std::vector<std::string> choices; // for choice
  FieldList fields;                 // for object
  FieldList element;         // for list and map exactly one; for any the shapes it may take, or none for all
  std::string since = "0.1"; // the first version that enforces it
};

struct Output {
  std::string name;
  FieldType type = FieldType::text;
  std::string help;
};

// At most one of the names in a group may be written; at least one when `required`.
struct FieldGroup {
  std::vector<std::string> names;
  bool required = false;
};

} // namespace deployctl
