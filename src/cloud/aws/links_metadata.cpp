// Keys that the machine itself is given: by the container's agent, or by the instance's metadata service.
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "base/wiped_value.hpp"
#include "cloud/aws/credential_links.hpp"
#include "net/url.hpp"

namespace deployctl::aws {
namespace {

constexpr std::size_t longest_answer = 64U << 10;
constexpr int container_attempts = 3;
constexpr Milliseconds container_timeout{2'000};
constexpr Milliseconds container_pause{1'000};
constexpr Milliseconds instance_timeout{1'000};
constexpr std::string_view agent = "http://169.254.170.2";
// Where in plain text an agent may be: this machine, and the addresses of ECS and EKS.
constexpr std::array<std::string_view, 3> agents = {"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};
constexpr auto outage_extension = std::chrono::minutes(15);

HttpRequest small_request(std::string operation, std::string url, Milliseconds timeout) {
  return {.operation = std::move(operation),
          .url = std::move(url),
          .timeout = timeout,
          .connect_timeout = timeout,
          .response_limit = longest_answer};
}

Result<std::string> container_url(const std::string* relative, const std::string* full) {
  if (relative) return std::string(agent) + *relative;
  DEPLOYCTL_TRY(const net::Url url, net::parse_url(*full));
  const bool known = std::ranges::find(agents, url.host) != agents.end();
  if (url.scheme == "https" || url.is_loopback() || known) return url.text();
  return fail(Cause::config,
              fmt::format("AWS_CONTAINER_CREDENTIALS_FULL_URI names '{}', which is neither https nor this "
                          "machine's agent",
                          url.host));
}

// Empty: none is set.
Result<std::optional<Secret>> container_token(const ChainContext& context) {
  const std::string* file = context.settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  const std::string* written = context.settings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN");
  if (!file && !written) return std::nullopt;
  std::string text = written ? *written : "";
  if (file) {
    DEPLOYCTL_TRY(text, context.parts.read_file(*file, longest_answer));
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  }
  if (text.find_first_of("\r\n") != std::string::npos)
    return fail(Cause::config, "the container's authorization token holds a line break");
  const Secret token = Secret::reference("aws.container_token").resolved_with(text);
  context.parts.learn(token);
  return token;
}

Result<HttpResponse> ask_container(const ChainContext& context, const HttpRequest& request) {
  for (int attempt = 1;; ++attempt) {
    auto response = context.parts.ports.http.send(request, context.stop);
    if (response && response->status == 200) return response;
    const bool may_come = response ? response->status >= 500 : response.error().cause != Cause::cancelled;
    if (attempt == container_attempts || !may_come) {
      if (!response) return response;
      return fail(Cause::auth, fmt::format("the container's credentials answered with {}", response->status));
    }
    if (!context.parts.ports.wait(container_pause, context.stop))
      return fail(Cause::cancelled, "stopped while asking for the container's credentials");
  }
}

Result<Credentials> read_document(std::string answer, const std::string& source) {
  const Wiped body(std::move(answer));
  auto parsed = parse_json(*body, JsonMode::plain, {.bytes = longest_answer});
  if (!parsed) return fail(Cause::auth, source + " did not answer with JSON");
  const WipedValue document(*std::move(parsed));
  return read_keys(*document, metadata_keys, source);
}

Result<std::string> instance_base(const Settings& settings) {
  if (const std::string* own = settings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    DEPLOYCTL_TRY(const net::Url url, net::parse_url(*own));
    std::string text = url.text();
    while (text.ends_with('/')) text.pop_back();
    return text;
  }
  const std::string* mode = settings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
  return mode && equal_ignoring_case(*mode, "ipv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
}

// The second version of the service only: it cannot be reached through a careless proxy.
class Instance {
public:
  Instance(const ChainContext& context, std::string base) : context_(context), base_(std::move(base)) {}

  Result<HttpResponse> open() {
    HttpRequest request = small_request("aws.imds", base_ + "/latest/api/token", instance_timeout);
    request.method = "PUT";
    request.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}};
    auto response = context_.parts.ports.http.send(request, context_.stop);
    if (response && response->status == 200)
      token_ = Secret::reference("aws.imds_token").resolved_with(trim(response->body));
    return response;
  }

  Result<std::string> read(const std::string& path) {
    HttpRequest request = small_request("aws.imds", base_ + path, instance_timeout);
    request.headers = {{"x-aws-ec2-metadata-token", token_}};
    DEPLOYCTL_TRY(HttpResponse response, context_.parts.ports.http.send(request, context_.stop));
    if (response.status != 200)
      return fail(Cause::auth, fmt::format("the instance's metadata answered with {}", response.status));
    return std::move(response.body);
  }

private:
  const ChainContext& context_;
  std::string base_;
  Secret token_;
};

} // namespace

Result<LinkAnswer> from_container(const ChainContext& context) {
  const std::string* relative = context.settings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const std::string* full = context.settings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full) return LinkAnswer{.why_not = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set"};
  DEPLOYCTL_TRY(const std::string url, container_url(relative, full));
  HttpRequest request = small_request("aws.container", url, container_timeout);
  DEPLOYCTL_TRY(const std::optional<Secret> token, container_token(context));
  if (token) request.headers.emplace_back("Authorization", *token);
  DEPLOYCTL_TRY(HttpResponse response, ask_container(context, request));
  DEPLOYCTL_TRY(Credentials keys, read_document(std::move(response.body), "the container's role"));
  return LinkAnswer{.credentials = std::move(keys)};
}

Result<LinkAnswer> from_instance(const ChainContext& context) {
  const std::string* disabled = context.settings.variable("AWS_EC2_METADATA_DISABLED");
  if (disabled && equal_ignoring_case(*disabled, "true"))
    return LinkAnswer{.why_not = "AWS_EC2_METADATA_DISABLED is set"};
  DEPLOYCTL_TRY(std::string base, instance_base(context.settings));
  Instance instance(context, std::move(base));
  const auto opened = instance.open();
  if (!opened && opened.error().cause == Cause::cancelled) return fail(opened.error());
  if (!opened) return LinkAnswer{.why_not = "no instance metadata service answers"};
  if (opened->status != 200)
    return LinkAnswer{.why_not = fmt::format("the instance's metadata gave no token ({})", opened->status)};
  const std::string folder = "/latest/meta-data/iam/security-credentials/";
  const auto roles = instance.read(folder);
  if (!roles) return LinkAnswer{.why_not = "the instance has no role: " + roles.error().message};
  const std::string role(trim(split(*roles, '\n').front()));
  if (role.empty()) return LinkAnswer{.why_not = "the instance has no role"};
  DEPLOYCTL_TRY(std::string body, instance.read(folder + percent_encode(role)));
  DEPLOYCTL_TRY(Credentials keys,
                read_document(std::move(body), fmt::format("the instance's role '{}'", role)));
  // When the service has an outage it hands out old keys, which stay good meanwhile.
  const WallTime now = context.parts.ports.clock.wall();
  if (keys.expires && *keys.expires < now + outage_extension) keys.expires = now + outage_extension;
  return LinkAnswer{.credentials = std::move(keys)};
}

} // namespace deployctl::aws
