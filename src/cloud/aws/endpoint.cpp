#include "cloud/aws/endpoint.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "net/url.hpp"

namespace deployctl::aws {
namespace {

// The last one takes what no other does.
constexpr std::array<Partition, 8> partitions = {{
    {"aws-cn", "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", "cn-northwest-1"},
    {"aws-us-gov", "us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1"},
    {"aws-eusc", "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", "eusc-de-east-1"},
    {"aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"},
    {"aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"},
    {"aws-iso-e", "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", "eu-isoe-west-1"},
    {"aws-iso-f", "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", "us-isof-south-1"},
    {"aws", "", "amazonaws.com", "api.aws", "us-east-1"},
}};

// One setting, first of the environment, then of the profile.
class Settings {
public:
  explicit Settings(const EndpointQuestion& question)
      : environment_(question.environment), profile_(question.config.profile(question.profile)) {}

  [[nodiscard]] const std::string* variable(const std::string& name) const {
    const auto found = environment_.find(name);
    return found == environment_.end() || found->second.empty() ? nullptr : &found->second;
  }
  [[nodiscard]] const std::string* of_profile(std::string_view key) const {
    return profile_ ? profile_->find(key) : nullptr;
  }
  [[nodiscard]] bool is_on(const std::string& name, std::string_view key) const {
    const std::string* written = variable(name);
    if (!written) written = of_profile(key);
    return written && equal_ignoring_case(*written, "true");
  }

private:
  const Environment& environment_;
  const Section* profile_;
};

// "Secrets Manager" as SECRETS_MANAGER and secrets_manager.
std::string joined_id(const Service& service, char (*letter)(char)) {
  std::string out = replace_all(service.id, " ", "_");
  std::ranges::transform(out, out.begin(), letter);
  return out;
}
char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const std::string* of_services_section(const EndpointQuestion& question, const Settings& settings) {
  const std::string* name = settings.of_profile("services");
  if (!name) return nullptr;
  const auto section = question.config.services.find(*name);
  if (section == question.config.services.end()) return nullptr;
  return section->second.find(joined_id(question.service, lower), "endpoint_url");
}

// What someone wrote, and where; null: nobody did.
const std::string* configured(const EndpointQuestion& question, const Settings& settings) {
  if (!question.url.empty()) return &question.url;
  if (question.ignore_configured ||
      settings.is_on("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"))
    return nullptr;
  const std::string* url = settings.variable("AWS_ENDPOINT_URL_" + joined_id(question.service, upper));
  if (!url) url = settings.variable("AWS_ENDPOINT_URL");
  if (!url) url = of_services_section(question, settings);
  return url ? url : settings.of_profile("endpoint_url");
}

Status check_region(const EndpointQuestion& question) {
  if (question.region.empty())
    return fail(Cause::config, fmt::format("no region is set for {}", question.service.id),
                "write `region` under `providers`, or set AWS_REGION");
  const bool label = question.region.size() <= 63 && std::ranges::all_of(question.region, [](char c) {
                       return c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                     });
  if (label && question.region.front() != '-' && question.region.back() != '-') return {};
  return fail(Cause::config, fmt::format("'{}' is no name of a region", question.region));
}

} // namespace

const Partition& partition_of(std::string_view region) {
  return *std::ranges::find_if(
      partitions, [region](const Partition& one) { return region.starts_with(one.region_prefix); });
}

Result<std::string> resolve_endpoint(const EndpointQuestion& question) {
  DEPLOYCTL_CHECK(check_region(question));
  const Settings settings(question);
  const bool fips = settings.is_on("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint");
  const bool dual_stack = settings.is_on("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint");
  if (const std::string* url = configured(question, settings)) {
    if (fips || dual_stack)
      return fail(Cause::config,
                  fmt::format("{} is set, and so is the endpoint '{}'", fips ? "FIPS" : "dual-stack", *url),
                  "an endpoint of one's own has neither; leave one of the two out");
    DEPLOYCTL_TRY(const net::Url parsed, net::parse_url(*url));
    if (!parsed.query.empty()) return fail(Cause::config, fmt::format("the endpoint '{}' has a query", *url));
    std::string text = parsed.text();
    while (text.ends_with('/')) text.pop_back();
    return text;
  }
  const Partition& partition = partition_of(question.region);
  return fmt::format("https://{}{}.{}.{}", question.service.prefix, fips ? "-fips" : "", question.region,
                     dual_stack ? partition.dual_stack : partition.suffix);
}

} // namespace deployctl::aws
