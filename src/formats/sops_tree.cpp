#include "formats/sops_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

struct Ending {
  std::string_view text;
  SopsFormat format;
};

constexpr std::array<Ending, 4> endings = {{{".yaml", SopsFormat::yaml},
                                            {".yml", SopsFormat::yaml},
                                            {".env", SopsFormat::dotenv},
                                            {".ini", SopsFormat::ini}}};

constexpr std::string_view map_separator = "__map_";
constexpr std::string_view list_separator = "__list_";
constexpr std::size_t most_metadata = 1000; // keys in one map or list of it

std::size_t next_separator(std::string_view key) {
  return std::min(key.find(map_separator), key.find(list_separator));
}

SopsNode& member(SopsNode& node, std::string_view key) {
  const auto found = std::find_if(node.members.begin(), node.members.end(),
                                  [&](const SopsMember& one) { return one.key == key; });
  if (found != node.members.end()) return found->value;
  node.members.push_back({.key = std::string(key), .value = {}});
  return node.members.back().value;
}

} // namespace

SopsFormat sops_format(std::string_view path) {
  const auto* const found = std::find_if(endings.begin(), endings.end(),
                                         [&](const Ending& ending) { return path.ends_with(ending.text); });
  return found == endings.end() ? SopsFormat::json : found->format;
}

const SopsNode* SopsNode::find(std::string_view key) const {
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const SopsMember& one) { return one.key == key; });
  return found == members.end() ? nullptr : &found->value;
}

std::string sops_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 1100> digits{}; // the smallest has 1074 places
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(digits.data(), end) : std::string();
}

Result<SopsNode> read_sops_tree(std::string_view text, SopsFormat format) {
  switch (format) {
  case SopsFormat::yaml:
    return read_sops_yaml(text);
  case SopsFormat::json:
    return read_sops_json(text);
  case SopsFormat::dotenv:
    return read_sops_dotenv(text);
  case SopsFormat::ini:
    return read_sops_ini(text);
  }
  return fail(Cause::internal, "no such format");
}

Status unflatten_sops_metadata(SopsNode& metadata, std::string_view key, const std::string& value) {
  using Kind = SopsNode::Kind;
  SopsNode* at = &metadata;
  std::string_view rest = key;
  Kind kind = Kind::map;
  for (;;) {
    const std::size_t end = next_separator(rest);
    if (at->kind != Kind::null && at->kind != kind)
      return fail(Cause::config, fmt::format("the metadata '{}' is nested in two ways", key));
    if (at->members.size() == most_metadata)
      return fail(Cause::config, fmt::format("more than {} entries of metadata", most_metadata));
    at->kind = kind;
    at = &member(*at, rest.substr(0, end));
    if (end == std::string_view::npos) break;
    kind = rest.substr(end).starts_with(map_separator) ? Kind::map : Kind::list;
    rest.remove_prefix(end + (kind == Kind::map ? map_separator : list_separator).size());
  }
  if (at->kind != Kind::null) return fail(Cause::config, fmt::format("the metadata '{}' comes twice", key));
  at->kind = Kind::text;
  at->text = replace_all(value, "\\n", "\n");
  return {};
}

} // namespace deployctl::formats
