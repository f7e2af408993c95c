#include "base/secret_reference.hpp"

#include <algorithm>
#include <array>

namespace deployctl {
namespace {

using enum SecretKey;

constexpr int any = 64;

// clang-format off
constexpr std::array<SecretScheme, 14> schemes = {{
    {.name = "env", .form = "env://NAME", .since = "0.1", .local = true, .key = none, .pointer = false, .least_parts = 0, .most_parts = 0,
     .help = "A variable of the environment deployctl runs in."},
    {.name = "file", .form = "file://path[#pointer]", .since = "0.1", .local = true, .key = optional, .pointer = true, .least_parts = 0, .most_parts = 0,
     .help = "The content of a local file, or one field of it when it is JSON."},
    {.name = "dotenv", .form = "dotenv://.env#NAME", .since = "0.1", .local = true, .key = required, .pointer = false, .least_parts = 0, .most_parts = 0,
     .help = "One variable of a dotenv file."},
    {.name = "exec", .form = "exec://[--env=NAME ...] command arg[#pointer]", .since = "0.1", .local = true, .key = optional, .pointer = true, .least_parts = 0, .most_parts = 0,
     .help = "What a local command prints, or one field of it when that is JSON. It gets PATH, HOME, USER and the like, and the variables named by --env."},
    {.name = "vault", .form = "vault://INSTANCE/mount/path#key", .since = "0.1", .local = false, .key = required, .pointer = false, .least_parts = 3, .most_parts = any,
     .help = "One field of a secret in Vault or OpenBao."},
    {.name = "aws-sm", .form = "aws-sm://name[#key]", .since = "0.1", .local = false, .key = optional, .pointer = false, .least_parts = 1, .most_parts = any,
     .help = "A secret of AWS Secrets Manager, or one field of it when it is JSON."},
    {.name = "aws-ssm", .form = "aws-ssm://name", .since = "0.1", .local = false, .key = none, .pointer = false, .least_parts = 1, .most_parts = any,
     .help = "A parameter of AWS Systems Manager; 'name:3' is its third version."},
    {.name = "gcp-sm", .form = "gcp-sm://project/name[/version]", .since = "0.1", .local = false, .key = none, .pointer = false, .least_parts = 2, .most_parts = 3,
     .help = "A secret of Google Secret Manager."},
    {.name = "azure-kv", .form = "azure-kv://vault/name", .since = "0.1", .local = false, .key = none, .pointer = false, .least_parts = 2, .most_parts = 2,
     .help = "A secret of Azure Key Vault."},
    {.name = "k8s", .form = "k8s://namespace/name#key", .since = "0.1", .local = false, .key = required, .pointer = false, .least_parts = 2, .most_parts = 2,
     .help = "One key of a Kubernetes Secret."},
    {.name = "sops", .form = "sops://file#pointer", .since = "0.1", .local = true, .key = required, .pointer = true, .least_parts = 0, .most_parts = 0,
     .help = "One value of a YAML, JSON, dotenv or INI file that SOPS encrypted to an age recipient. The keys are those of SOPS: SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, ~/.config/sops/age/keys.txt."},
    {.name = "age", .form = "age://file", .since = "0.1", .local = true, .key = none, .pointer = false, .least_parts = 0, .most_parts = 0,
     .help = "The content of a file encrypted with age, opened with the keys of sops://."},
    {.name = "op", .form = "op://vault/item/field", .since = "0.1", .local = false, .key = none, .pointer = false, .least_parts = 3, .most_parts = 4,
     .help = "A field of a 1Password item."},
    {.name = "doppler", .form = "doppler://project/config/NAME", .since = "0.1", .local = false, .key = none, .pointer = false, .least_parts = 3, .most_parts = 3,
     .help = "A secret of Doppler."},
}};
// clang-format on

} // namespace

std::span<const SecretScheme> secret_schemes() {
  return schemes;
}

const SecretScheme* find_secret_scheme(std::string_view name) {
  const auto* found =
      std::find_if(schemes.begin(), schemes.end(), [&](const SecretScheme& s) { return s.name == name; });
  return found == schemes.end() ? nullptr : found;
}

} // namespace deployctl
