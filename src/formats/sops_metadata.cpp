#include "formats/sops_metadata.hpp"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/core.h>

namespace deployctl::formats {
namespace {

// Lists of keys that are not opened here, and the field that tells one from another.
struct OtherKeys {
  std::string_view list;
  std::string_view field;
};

constexpr std::array<OtherKeys, 5> other_keys = {{{"pgp", "fp"},
                                                  {"kms", "arn"},
                                                  {"gcp_kms", "resource_id"},
                                                  {"azure_kv", "vault_url"},
                                                  {"hc_vault", "vault_address"}}};

struct RuleName {
  std::string_view name;
  std::optional<SopsRule::Kind> kind; // nothing: not in this version
};

constexpr std::array<RuleName, 6> rule_names = {{{"unencrypted_suffix", SopsRule::Kind::unencrypted_suffix},
                                                 {"encrypted_suffix", SopsRule::Kind::encrypted_suffix},
                                                 {"unencrypted_regex", SopsRule::Kind::unencrypted_regex},
                                                 {"encrypted_regex", SopsRule::Kind::encrypted_regex},
                                                 {"unencrypted_comment_regex", std::nullopt},
                                                 {"encrypted_comment_regex", std::nullopt}}};

std::string text(const SopsNode& map, std::string_view key) {
  const SopsNode* found = map.find(key);
  return found && found->is_leaf() ? found->text : std::string();
}

SopsKeyGroup read_group(const SopsNode& map) {
  SopsKeyGroup group;
  if (const SopsNode* list = map.find("age"))
    for (const SopsMember& key : list->members)
      group.age.push_back({.recipient = text(key.value, "recipient"), .wrapped = text(key.value, "enc")});
  for (const OtherKeys& other : other_keys)
    if (const SopsNode* list = map.find(other.list))
      for (const SopsMember& key : list->members)
        group.others.push_back(fmt::format("{} {}", other.list, text(key.value, other.field)));
  return group;
}

Status read_groups(const SopsNode& node, SopsMetadata& out) {
  const SopsNode* groups = node.find("key_groups");
  if (!groups || groups->members.empty()) {
    out.groups.push_back(read_group(node));
    return {};
  }
  for (const SopsMember& group : groups->members) out.groups.push_back(read_group(group.value));
  // Without a threshold every group is needed.
  out.threshold = out.groups.size();
  const std::string threshold = text(node, "shamir_threshold");
  if (threshold.empty() || threshold == "0") return {};
  const auto [end, error] =
      std::from_chars(threshold.data(), threshold.data() + threshold.size(), out.threshold);
  if (error != std::errc() || end != threshold.data() + threshold.size() || out.threshold == 0 ||
      out.threshold > out.groups.size())
    return fail(Cause::config, fmt::format("shamir_threshold is '{}', with {} groups of keys", threshold,
                                           out.groups.size()));
  return {};
}

Status read_rule(const SopsNode& node, SopsMetadata& out) {
  std::string_view first;
  for (const RuleName& rule : rule_names) {
    std::string expression = text(node, rule.name);
    if (expression.empty()) continue;
    if (!rule.kind)
      return fail(Cause::config, fmt::format("files with {} are not in this version", rule.name),
                  "read it with exec://sops decrypt --extract ...");
    if (!first.empty()) return fail(Cause::config, fmt::format("it has both {} and {}", first, rule.name));
    first = rule.name;
    out.rule = {.kind = *rule.kind, .expression = std::move(expression)};
  }
  return {};
}

} // namespace

Result<SopsMetadata> read_sops_metadata(const SopsNode& node) {
  SopsMetadata out;
  DEPLOYCTL_CHECK(read_groups(node, out));
  DEPLOYCTL_CHECK(read_rule(node, out));
  const std::string flag = text(node, "mac_only_encrypted");
  out.only_encrypted_authenticated = flag == "True" || flag == "true";
  out.last_modified = text(node, "lastmodified");
  out.code = text(node, "mac");
  if (out.code.empty() || out.last_modified.empty())
    return fail(Cause::config, "it has no authentication code (sops.mac with sops.lastmodified)");
  return out;
}

} // namespace deployctl::formats
