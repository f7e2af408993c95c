#include "secrets/permissions.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::secrets {
namespace {

// {source} is the whole source, {1} its first part, {3-} all from the third on.
struct Row {
  std::string_view scheme;
  std::string_view store;
  std::string_view what;
};
constexpr std::array rows = {
    Row{"env", "this machine", "the variable {source}"},
    Row{"file", "this machine", "read {source}"},
    Row{"dotenv", "this machine", "read {source}"},
    Row{"exec", "this machine", "run {source}"},
    Row{"sops", "this machine", "read {source} and an age identity of its recipients"},
    Row{"age", "this machine", "read {source} and an age identity of its recipients"},
    Row{"vault", "Vault {1}", "read on {2}/data/{3-} (key-value version 2) or {2}/{3-} (version 1)"},
    Row{"aws-sm", "AWS Secrets Manager",
        "secretsmanager:GetSecretValue on {source} (secretsmanager:BatchGetSecretValue reads many at once; "
        "kms:Decrypt for a key of your own)"},
    Row{"aws-ssm", "AWS Systems Manager", "ssm:GetParameters on {source} (kms:Decrypt for a SecureString)"},
    Row{"gcp-sm", "Google Secret Manager",
        "secretmanager.versions.access on projects/{1}/secrets/{2} (roles/secretmanager.secretAccessor)"},
    Row{"azure-kv", "Azure Key Vault {1}",
        "Microsoft.KeyVault/vaults/secrets/getSecret/action on {2} (Key Vault Secrets User)"},
    Row{"k8s", "Kubernetes", "get on secrets/{2} in namespace {1}"},
    Row{"op", "1Password", "read items of the vault {1}"},
    Row{"doppler", "Doppler", "read on the config {2} of the project {1}"},
};

std::string part(const std::vector<std::string_view>& parts, std::size_t from, bool to_the_end) {
  std::string text;
  for (std::size_t i = from; i < parts.size() && (to_the_end || i == from); ++i)
    text += (i == from ? "" : "/") + std::string(parts[i]);
  return text;
}

std::string filled_in(std::string_view words, const SecretReference& reference) {
  const std::vector<std::string_view> parts = split(reference.source, '/');
  std::string text = replace_all(words, "{source}", reference.source);
  for (std::size_t i = 0; i < 3; ++i) {
    text = replace_all(text, fmt::format("{{{}-}}", i + 1), part(parts, i, true));
    text = replace_all(text, fmt::format("{{{}}}", i + 1), part(parts, i, false));
  }
  return text;
}

} // namespace

StorePermission permission_for(const SecretReference& reference) {
  const auto* row = std::find_if(rows.begin(), rows.end(),
                                 [&](const Row& each) { return each.scheme == reference.scheme; });
  if (row == rows.end()) return {.store = reference.scheme, .what = "read " + reference.source};
  return {.store = filled_in(row->store, reference), .what = filled_in(row->what, reference)};
}

} // namespace deployctl::secrets
