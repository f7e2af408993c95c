#include "policy/lint/token_shapes.hpp"

#include <algorithm>
#include <array>

namespace deployctl::policy::lint {
namespace {

using Check = TokenCheck;

constexpr std::array shapes = {
    // Clouds
    TokenShape{"aws-access-key-id", "an AWS access key id", "A3T|AKIA|ASIA|ABIA|ACCA",
               R"((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})", 3.0, Check::aws_account},
    TokenShape{
        "aws-secret-key", "an AWS secret access key",
        "aws_secret|AWS_SECRET|aws-secret|awsSecret|secretAccessKey|SecretAccessKey",
        R"re((?i:aws[_-]?)?(?i:secret[_-]?(?:access[_-]?)?key)(?i:[_-]id)?["']?\s{0,4}[:=]\s{0,4}["']?([A-Za-z0-9/+]{40}))re",
        4.2},
    TokenShape{"gcp-api-key", "a Google API key", "AIza", R"(AIza[\w-]{35})", 4.0},
    TokenShape{"azure-client-secret", "an Azure client secret", "Q~", R"([\w~.]{3}\dQ~[\w~.-]{31,34})", 3.0,
               Check::none, 4},
    TokenShape{"azure-connection-string", "the key of an Azure connection string",
               "AccountKey=|SharedAccessKey=",
               R"((?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=))", 3.5,
               Check::base64_32_or_64},
    TokenShape{"digitalocean-token", "a DigitalOcean token", "dop_v1_|doo_v1_|dor_v1_",
               R"(do[opr]_v1_[0-9a-f]{64})", 3.0},
    TokenShape{"heroku-token", "a Heroku token", "HRKU-AA", R"(HRKU-AA[\w-]{58})", 4.0},
    TokenShape{"cloudflare-origin-ca", "a Cloudflare origin CA key", "v1.0-",
               R"(v1\.0-[0-9a-f]{24}-[0-9a-f]{146})", 2.0},
    TokenShape{"fly-token", "a Fly.io token", "fo1_|fm1a_|fm1r_|fm2_",
               R"(fo1_[\w-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,900}={0,3})", 4.0},
    TokenShape{"databricks-token", "a Databricks token", "dapi", R"(dapi[0-9a-f]{32}(?:-\d)?)", 3.0},
    // Forges and registries of packages
    TokenShape{"github-token", "a GitHub token", "ghp_|gho_|ghu_|ghs_|ghr_", R"(gh[pousr]_([A-Za-z0-9]{36}))",
               3.0, Check::crc32_tail},
    TokenShape{"github-fine-grained", "a fine-grained GitHub token", "github_pat_",
               R"(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})", 3.0},
    TokenShape{
        "gitlab-token", "a GitLab token", "glpat-|gldt-|glrt-|glft-|glsoat-|glimt-|glagent-|glptt-|glcbt-",
        R"(gl(?:pat|dt|rt|ft|soat|imt|agent|ptt)-(?:[\w-]{27,300}\.[0-9a-z]{9}|[\w-]{20,50})|glcbt-[0-9A-Za-z]{1,5}_[\w-]{20})",
        3.0},
    TokenShape{"npm-token", "an npm token", "npm_", R"(npm_([A-Za-z0-9]{36}))", 3.0, Check::crc32_tail},
    TokenShape{"pypi-token", "a PyPI upload token", "pypi-AgE",
               R"(pypi-(AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[\w-]{50,990}))", 3.0, Check::macaroon},
    TokenShape{"rubygems-token", "a RubyGems key", "rubygems_", R"(rubygems_[0-9a-f]{48})", 2.0},
    TokenShape{"docker-hub-token", "a Docker Hub token", "dckr_pat_|dckr_oat_", R"(dckr_[po]at_[\w-]{27,40})",
               3.0},
    TokenShape{"artifactory-key", "an Artifactory key", "AKCp|cmVmd",
               R"(AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})", 4.5},
    // Secret stores and infrastructure
    TokenShape{"vault-token", "a Vault token", "hvs.|hvb.", R"(hvs\.[\w-]{24,120}|hvb\.[\w-]{138,300})", 3.5},
    TokenShape{"vault-legacy-token", "a Vault token", "s.", R"(s\.[A-Za-z0-9]*[0-9][A-Za-z0-9]*)", 3.8},
    TokenShape{"terraform-cloud-token", "a Terraform Cloud token", ".atlasv1.",
               R"([A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,70})", 3.5, Check::none, 14},
    TokenShape{"pulumi-token", "a Pulumi token", "pul-", R"(pul-[0-9a-f]{40})", 2.0},
    TokenShape{"doppler-token", "a Doppler token", "dp.pt.|dp.ct.|dp.st.|dp.sa.|dp.scim.|dp.audit.",
               R"(dp\.(?:pt|ct|st|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})", 2.0},
    TokenShape{"onepassword-service-account", "a 1Password service account", "ops_eyJ",
               R"(ops_(eyJ[A-Za-z0-9+/_-]{250,990}={0,3}))", 4.0, Check::json_in_base64},
    TokenShape{"onepassword-secret-key", "a 1Password secret key", "A3-",
               R"(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){2,3})", 3.4},
    TokenShape{"age-identity", "an age identity", "AGE-SECRET-KEY-1|AGE-SECRET-KEY-PQ-1",
               R"(AGE-SECRET-KEY-(?:PQ-)?1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58,120})", 3.0, Check::bech32},
    // Services
    TokenShape{"slack-token", "a Slack token", "xoxb-|xoxp-|xoxa-|xoxr-|xoxs-|xoxo-|xoxe-|xoxe.xox|xapp-",
               R"(xox[abprso]-\d{10,13}-\d{10,13}(?:-\d{10,13})?-[A-Za-z0-9]{20,40}|)"
               R"(xapp-\d-[A-Z0-9]{8,14}-\d{10,14}-[0-9a-f]{48,80}|xoxe(?:\.xox[bp])?-\d-[A-Z0-9]{146,166})",
               2.0},
    TokenShape{"slack-webhook", "a Slack webhook", "hooks.slack.com/",
               R"(hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{43,56}))", 3.0},
    TokenShape{"stripe-key", "a Stripe key", "sk_live_|rk_live_|sk_prod_|rk_prod_|sk_test_|rk_test_",
               R"([sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,99})", 2.0, Check::test_mode},
    TokenShape{"sendgrid-key", "a SendGrid key", "SG.", R"(SG\.[\w-]{22}\.[\w-]{43})", 3.0},
    TokenShape{"dynatrace-token", "a Dynatrace token", "dt0c01.", R"(dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64})",
               4.0},
    TokenShape{"grafana-service-account", "a Grafana service account", "glsa_",
               R"(glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8})", 3.0},
    TokenShape{"grafana-cloud-token", "a Grafana Cloud token", "glc_", R"(glc_([A-Za-z0-9+/]{32,400}={0,3}))",
               3.0, Check::json_in_base64},
    TokenShape{"sentry-token", "a Sentry token", "sntrys_|sntryu_",
               R"(sntrys_eyJ[A-Za-z0-9+/]{40,400}={0,2}_[\w+/]{43}|sntryu_[0-9a-f]{64})", 3.5},
    TokenShape{"openai-key", "an OpenAI key", "sk-",
               R"(sk-(?:proj-|svcacct-|admin-)?[\w-]{20,74}T3BlbkFJ[\w-]{20,74})", 3.0},
    TokenShape{"anthropic-key", "an Anthropic key", "sk-ant-", R"(sk-ant-(?:api|admin)\d\d-[\w-]{80,120}AA)",
               3.0},
    TokenShape{"huggingface-token", "a Hugging Face token", "hf_", R"(hf_[A-Za-z0-9]{34})", 3.0},
    TokenShape{"linear-key", "a Linear key", "lin_api_", R"(lin_api_[A-Za-z0-9]{40})", 2.0},
    TokenShape{"postman-key", "a Postman key", "PMAK-", R"(PMAK-[0-9a-f]{24}-[0-9a-f]{34})", 3.0},
    TokenShape{"square-token", "a Square token", "sq0atp-|sq0csp-|EAAA",
               R"(sq0atp-[\w-]{22}|sq0csp-[\w-]{43}|EAAA[\w+-]{60})", 3.0},
    TokenShape{"shopify-token", "a Shopify token", "shpat_|shpca_|shppa_|shpss_",
               R"(shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32})", 2.0},
    // Formats
    TokenShape{"jwt", "a JSON web token", "eyJ", R"(eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*)", 3.0, Check::jwt},
    TokenShape{"docker-auth", "the login of a registry", "\"auth\"",
               R"re("auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{8,500}={0,2})")re", 2.5, Check::docker_auth},
    TokenShape{"private-key", "a private key", "-----BEGIN ",
               R"(-----BEGIN (?:[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----)", 0, Check::pem, 0,
               code::private_key},
    TokenShape{"url-password", "a password in a URL", "://", R"(://[\w.%+-]*:([^\s:/@'"<>]{4,})@[\w.-]+)",
               2.3, Check::password_in_url, 0, code::url_password},
};

} // namespace

std::span<const TokenShape> token_shapes() {
  return shapes;
}

const TokenShape* find_token_shape(std::string_view name) {
  const auto found =
      std::find_if(shapes.begin(), shapes.end(), [&](const TokenShape& shape) { return shape.name == name; });
  return found == shapes.end() ? nullptr : &*found;
}

} // namespace deployctl::policy::lint
