// Exec plugins (client.authentication.k8s.io): programs of the user's own kubeconfig that print a token.
#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/kube/session.hpp"

namespace deployctl::kube {
namespace {

constexpr Milliseconds plugin_limit{60'000};
constexpr std::array<std::string_view, 2> versions = {"client.authentication.k8s.io/v1",
                                                      "client.authentication.k8s.io/v1beta1"};
// What programs of the clouds look at, besides what every command gets.
constexpr std::array<std::string_view, 10> passed_on = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"};
constexpr std::array<std::string_view, 6> passed_prefixes = {"AWS_",    "AZURE_",    "AAD_",
                                                             "GOOGLE_", "CLOUDSDK_", "KUBE"};

std::string exec_info(const formats::KubeExec& exec, const formats::KubeCluster& cluster) {
  Value::Map spec{{"interactive", false}};
  if (exec.wants_cluster) {
    Value::Map told{{"server", cluster.server}};
    if (!cluster.ca_pem.empty()) told.emplace("certificate-authority-data", to_base64(cluster.ca_pem));
    spec.emplace("cluster", std::move(told));
  }
  return to_json(
      Value::Map{{"apiVersion", exec.api_version}, {"kind", "ExecCredential"}, {"spec", std::move(spec)}},
      JsonMode::plain);
}

ProcessRequest request_of(const cloud::Parts& parts, const formats::KubeAccess& access) {
  const formats::KubeExec& exec = *access.user.exec;
  ProcessRequest request{.operation = "secrets.kube", .argv = {exec.command}, .timeout = plugin_limit};
  request.argv.insert(request.argv.end(), exec.arguments.begin(), exec.arguments.end());
  request.inherit.assign(passed_on.begin(), passed_on.end());
  for (const auto& [name, value] : parts.environment)
    for (const std::string_view prefix : passed_prefixes)
      if (name.starts_with(prefix)) request.inherit.push_back(name);
  for (const auto& [name, value] : exec.environment) request.environment.insert_or_assign(name, Text(value));
  request.environment.insert_or_assign("KUBERNETES_EXEC_INFO", Text(exec_info(exec, access.cluster)));
  return request;
}

Result<cloud::Token> read_credential(const std::string& out, const std::string& api_version,
                                     const std::string& command) {
  auto parsed = parse_json(out, JsonMode::plain);
  if (!parsed) return fail(Cause::auth, fmt::format("'{}' did not print an ExecCredential", command));
  const WipedValue document(*std::move(parsed));
  if (const std::string theirs = cloud::text_at(*document, "apiVersion"); theirs != api_version)
    return fail(Cause::auth, fmt::format("'{}' answered in '{}', not in '{}'", command, theirs, api_version));
  const Wiped token(cloud::text_at(*document, "status.token"));
  if (token->empty())
    return fail(Cause::auth, fmt::format("'{}' gave no token", command),
                "plugins that give certificates are not in this version");
  cloud::Token made{.value = Secret::reference("kube.token").resolved_with(*token), .expires = {}};
  if (const auto expires = parse_time(cloud::text_at(*document, "status.expirationTimestamp")))
    made.expires = *expires;
  return made;
}

} // namespace

Result<cloud::Token> token_of_plugin(const cloud::Parts& parts, const formats::KubeAccess& access,
                                     const std::stop_token& stop) {
  const formats::KubeExec& exec = *access.user.exec;
  if (std::ranges::find(versions, exec.api_version) == versions.end())
    return fail(Cause::config,
                fmt::format("the plugin '{}' is asked in '{}'", exec.command, exec.api_version),
                "write client.authentication.k8s.io/v1 or v1beta1 in the kubeconfig");
  if (exec.wants_terminal)
    return fail(Cause::config,
                fmt::format("the plugin '{}' wants to ask someone at a terminal", exec.command));
  auto result = parts.processes.run(request_of(parts, access), stop);
  if (!result) {
    Error error = std::move(result).error();
    if (!exec.install_hint.empty()) error.help = sanitize_line(exec.install_hint);
    return fail(std::move(error));
  }
  if (result->cancelled) return fail(Cause::cancelled, fmt::format("'{}' was stopped", exec.command));
  if (result->timed_out) return fail(Cause::timeout, fmt::format("'{}' took longer than 60 s", exec.command));
  if (result->exit_code != 0) {
    Error error{.cause = Cause::auth,
                .message = fmt::format("'{}' exited with {}", exec.command, result->exit_code)};
    for (const std::string_view line : split(trim(result->err), '\n'))
      error.evidence.push_back(sanitize_line(line));
    if (error.evidence.size() > 5) error.evidence.resize(5);
    return fail(std::move(error));
  }
  const Wiped out(std::move(result->out));
  return read_credential(*out, exec.api_version, exec.command);
}

} // namespace deployctl::kube
