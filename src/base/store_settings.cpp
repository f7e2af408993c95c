#include "base/store_settings.hpp"

#include <algorithm>

#include "base/registry_settings.hpp"
#include "base/ssh_settings.hpp"

namespace deployctl {
namespace {

Field setting(std::string name, std::string help, std::string example, std::string pattern = {}) {
  return {.name = std::move(name),
          .type = FieldType::text,
          .help = std::move(help),
          .example = std::move(example),
          .pattern = std::move(pattern)};
}

Field secret_setting(std::string name, std::string help, std::string example) {
  Field field = setting(std::move(name), std::move(help), std::move(example));
  field.secret = SecretUse::value;
  return field;
}

Field choice_setting(std::string name, std::string help, std::vector<std::string> choices) {
  Field field = setting(std::move(name), std::move(help), choices.front());
  field.type = FieldType::choice;
  field.choices = std::move(choices);
  return field;
}

Field identity_setting() {
  return choice_setting("identity", "Who vouches for this job: GitHub (or Forgejo) for a job of Actions.",
                        {"github"});
}

std::vector<Field> aws_fields() {
  return {
      setting("profile",
              "The profile of ~/.aws/config and ~/.aws/credentials, before any keys of the environment.",
              "production"),
      setting("region", "The region; else AWS_REGION, AWS_DEFAULT_REGION or the profile's.", "eu-north-1",
              "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"),
      setting("role_arn", "A role that is assumed with the credentials found.",
              "arn:aws:iam::123456789012:role/deployer"),
      setting("external_id", "What the role's owner wants to be told when it is assumed.", "kodex"),
      setting("session_name", "The name of the role's session in the trail of AWS.", "deployctl",
              "[A-Za-z0-9_+=,.@-]{2,64}"),
      setting("account", "The account these credentials must belong to; any other is an error.",
              "123456789012", "[0-9]{12}"),
      identity_setting(),
      setting("audience", "What the identity's token is made out to.", "sts.amazonaws.com"),
      setting("endpoint_url", "One URL for all services, such as a private endpoint or an emulator.",
              "https://vpce.example.com", "https?://.*"),
  };
}

std::vector<Field> vault_fields() {
  Field mounts{.name = "mounts",
               .type = FieldType::list,
               .help = "Mounts of KV stores whose path has more than one part.",
               .example = "[team/kv]"};
  mounts.element = FieldList{setting("item", "The path of a mount, without slashes at its ends.", "team/kv")};
  Field dynamic{.name = "dynamic",
                .type = FieldType::list,
                .help = "Mounts of engines that make a credential whenever one is read, such as database: "
                        "leased for the run, renewed while it lasts, revoked at its end.",
                .example = "[database]"};
  dynamic.element = mounts.element;
  Field wrapped{.name = "secret_id_wrapped",
                .type = FieldType::boolean,
                .help = "Whether secret_id is a token that wraps it, good for one question.",
                .example = "true"};
  return {
      setting("address", "Its URL; else VAULT_ADDR or BAO_ADDR.", "https://vault.example.com:8200",
              "https?://.*"),
      setting("namespace", "The namespace that everything is in; else VAULT_NAMESPACE.", "team/a"),
      setting("ca_file", "A file of certificates that are trusted too; else VAULT_CACERT.",
              "/etc/ssl/vault.pem"),
      choice_setting("kv_version", "Of the KV stores here: 2 keeps versions, 1 does not.", {"2", "1"}),
      std::move(mounts),
      std::move(dynamic),
      choice_setting("auth", "How to log in.", {"token", "approle", "kubernetes", "jwt", "aws"}),
      setting("auth_mount", "Where the method is mounted below auth/; else its own name.", "github"),
      setting("role", "The role to log in as, for kubernetes, jwt and aws.", "deployer"),
      secret_setting("token", "For auth token; else VAULT_TOKEN, BAO_TOKEN or ~/.vault-token.",
                     "${secrets.vault_token}"),
      setting("role_id", "For auth approle.", "a1b2c3d4"),
      secret_setting("secret_id", "For auth approle, unless the role needs none.", "${secrets.secret_id}"),
      std::move(wrapped),
      secret_setting("jwt", "For auth jwt: the token itself.", "${secrets.id_token}"),
      setting("jwt_file", "For auth jwt and kubernetes: a file that holds the token.",
              "/var/run/secrets/tokens/vault"),
      identity_setting(),
      setting("audience", "What the identity's token is made out to.", "https://vault.example.com"),
      setting("aws", "For auth aws: the instance of the provider aws whose keys sign.", "aws.production"),
      setting("server_id", "For auth aws: the header value that Vault demands, if it does.",
              "vault.example.com"),
  };
}

std::vector<Field> gcp_fields() {
  return {
      setting("credentials_file",
              "Credentials as JSON; else GOOGLE_APPLICATION_CREDENTIALS, else what gcloud left, else the "
              "metadata server.",
              "~/keys/deployer.json"),
      setting("workload_identity_provider",
              "The provider that takes this job's identity for one of Google's.",
              "projects/123/locations/global/workloadIdentityPools/ci/providers/github"),
      identity_setting(),
      setting("identity_file", "A file that holds the identity's token, instead of `identity`.",
              "/var/run/secrets/tokens/google"),
      setting("audience", "What the identity's token is made out to; else the provider.",
              "https://example.com"),
      setting("service_account", "The service account that is acted as.",
              "deployer@kodex.iam.gserviceaccount.com"),
      setting("location", "The region of regional secrets.", "europe-north1", "[a-z0-9-]{1,40}"),
  };
}

std::vector<Field> azure_fields() {
  return {
      setting("tenant_id", "The tenant; else AZURE_TENANT_ID.", "11111111-2222-3333-4444-555555555555"),
      setting("client_id", "The application or the managed identity; else AZURE_CLIENT_ID.",
              "11111111-2222-3333-4444-555555555555"),
      secret_setting("client_secret", "The application's secret; else AZURE_CLIENT_SECRET.",
                     "${secrets.azure}"),
      identity_setting(),
      setting("identity_file", "A file that holds the identity's token; else AZURE_FEDERATED_TOKEN_FILE.",
              "/var/run/secrets/tokens/azure"),
      setting("audience", "What the identity's token is made out to.", "api://AzureADTokenExchange"),
      choice_setting("cloud", "Which of the clouds of Azure.", {"public", "china", "us_government"}),
  };
}

std::vector<Field> kube_fields() {
  return {
      setting("kubeconfig", "The file; else KUBECONFIG, ~/.kube/config, or the pod's own account.",
              "~/.kube/production"),
      setting("context", "The context; else the current one.", "production"),
  };
}

std::vector<Field> op_fields() {
  return {
      setting("connect_host", "A Connect server; else OP_CONNECT_HOST. Without one the program `op` reads.",
              "https://connect.example.com", "https?://.*[^/]"),
      secret_setting("connect_token", "The token for it; else OP_CONNECT_TOKEN.", "${secrets.connect}"),
      secret_setting("token",
                     "Of a service account, for `op`; else OP_SERVICE_ACCOUNT_TOKEN, or its own sign-in.",
                     "${secrets.op}"),
  };
}

std::vector<Field> doppler_fields() {
  return {
      secret_setting("token", "A service token; else DOPPLER_TOKEN.", "${secrets.doppler}"),
      identity_setting(),
      setting("identity_id", "The service account identity that trusts this job's.",
              "11111111-2222-3333-4444"),
      setting("audience", "What the identity's token is made out to.", "https://example.com"),
      setting("endpoint_url", "Where Doppler is, if not at its own address.", "https://api.doppler.com",
              "https?://.*[^/]"),
  };
}

} // namespace

std::span<const StoreSettings> store_settings() {
  static const std::vector<StoreSettings> stores = {
      {.provider = "aws",
       .help = "AWS: Secrets Manager (aws-sm://) and the Parameter Store (aws-ssm://).",
       .schemes = {"aws-sm", "aws-ssm"},
       .fields = aws_fields()},
      {.provider = "azure",
       .help = "Azure Key Vault (azure-kv://).",
       .schemes = {"azure-kv"},
       .fields = azure_fields()},
      {.provider = "doppler",
       .help = "Doppler (doppler://).",
       .schemes = {"doppler"},
       .fields = doppler_fields()},
      {.provider = "gcp",
       .help = "Google Secret Manager (gcp-sm://).",
       .schemes = {"gcp-sm"},
       .fields = gcp_fields()},
      {.provider = "kube",
       .help = "A cluster of Kubernetes and its secrets (k8s://).",
       .schemes = {"k8s"},
       .fields = kube_fields()},
      {.provider = "op",
       .help = "1Password (op://), by a Connect server or the program op.",
       .schemes = {"op"},
       .fields = op_fields()},
      {.provider = "vault",
       .help = "HashiCorp Vault or OpenBao (vault://).",
       .schemes = {"vault"},
       .fields = vault_fields(),
       .is_named_by_path = true},
      {.provider = registry_provider,
       .help = "A registry of images, as registry.NAME.",
       .schemes = {},
       .fields = registry_settings().fields()},
      {.provider = ssh_provider,
       .help = "How hosts are reached.",
       .schemes = {},
       .fields = ssh_settings().fields()},
  };
  return stores;
}

const StoreSettings* find_store_settings(std::string_view provider) {
  const auto stores = store_settings();
  const auto found = std::ranges::find(stores, provider, &StoreSettings::provider);
  return found == stores.end() ? nullptr : &*found;
}

const StoreSettings* find_store_of_scheme(std::string_view scheme) {
  const auto stores = store_settings();
  const auto found = std::ranges::find_if(stores, [scheme](const StoreSettings& store) {
    return std::ranges::find(store.schemes, scheme) != store.schemes.end();
  });
  return found == stores.end() ? nullptr : &*found;
}

std::string instance_of(const SecretReference& reference) {
  if (!reference.provider.empty()) return reference.provider;
  const StoreSettings* store = find_store_of_scheme(reference.scheme);
  if (!store) return "";
  const std::string provider(store->provider);
  const std::string first = reference.source.substr(0, reference.source.find('/'));
  return store->is_named_by_path && first != provider ? provider + "." + first : provider;
}

} // namespace deployctl
