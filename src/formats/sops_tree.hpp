// What the four formats of SOPS have in common: a tree whose leaves stand in the order of the file, each with
// the text that SOPS authenticates. Encrypted and plain leaves look alike here; sops.hpp tells them apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::formats {

enum class SopsFormat { yaml, json, dotenv, ini };

// By the ending of the name, as SOPS does: .yaml .yml .ini .env, all others are JSON (binary files, too).
SopsFormat sops_format(std::string_view path);

struct SopsMember;

struct SopsNode {
  enum class Kind { null, text, number, boolean, list, map };
  Kind kind = Kind::null;
  std::string text; // of a leaf: "True" for true, numbers in the shortest form without exponent
  std::vector<SopsMember> members; // of a map with unique keys; of a list, with "0", "1" as keys

  [[nodiscard]] const SopsNode* find(std::string_view key) const;
  [[nodiscard]] bool is_leaf() const { return kind != Kind::list && kind != Kind::map && kind != Kind::null; }
};

struct SopsMember {
  std::string key;
  SopsNode value;
};

// A map with the metadata at "sops". Cause::config; messages quote keys, never values.
Result<SopsNode> read_sops_tree(std::string_view text, SopsFormat format);

// One reader for each format, for the former.
Result<SopsNode> read_sops_yaml(std::string_view text);
Result<SopsNode> read_sops_json(std::string_view text);
Result<SopsNode> read_sops_dotenv(std::string_view text);
Result<SopsNode> read_sops_ini(std::string_view text);

// A number as SOPS writes it.
std::string sops_number(double value);
// Puts the metadata of a format without nesting where it belongs: "age__list_0__map_enc" -> age/0/enc.
// Cause::config when two keys disagree about what is nested.
Status unflatten_sops_metadata(SopsNode& metadata, std::string_view key, const std::string& value);

} // namespace deployctl::formats
