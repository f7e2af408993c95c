#include "cloud/kube/session.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"

namespace deployctl::kube {
namespace {

constexpr std::size_t longest_file = 4U << 20;
constexpr std::chrono::minutes token_file_kept(3); // a projected token is replaced by another now and then
constexpr std::string_view pod_folder = "/var/run/secrets/kubernetes.io/serviceaccount/";

cloud::Parts with_http(const cloud::Parts& parts, Http& http) {
  return {.http = http,
          .processes = parts.processes,
          .clock = parts.clock,
          .random = parts.random,
          .environment = parts.environment,
          .wait = parts.wait,
          .read_file = parts.read_file,
          .learn = parts.learn,
          .directory = parts.directory};
}

Result<formats::KubeAccess> of_pod(const cloud::Parts& parts) {
  const std::string* host = parts.variable("KUBERNETES_SERVICE_HOST");
  const std::string* port = parts.variable("KUBERNETES_SERVICE_PORT");
  if (!host)
    return fail(Cause::config, "no cluster of Kubernetes is set up",
                "set KUBECONFIG, or write `kubeconfig` under `providers: kube`");
  const bool is_v6 = host->find(':') != std::string::npos;
  formats::KubeAccess access{.context = "in-cluster", .cluster = {}, .user = {}};
  access.cluster.server =
      fmt::format("https://{}{}{}:{}", is_v6 ? "[" : "", *host, is_v6 ? "]" : "", port ? *port : "443");
  access.cluster.ca_file = std::string(pod_folder) + "ca.crt";
  access.user.token_file = std::string(pod_folder) + "token";
  return access;
}

Result<formats::KubeAccess> find_access(const cloud::Parts& parts, const cloud::Written& written) {
  const std::string* home = parts.variable("HOME");
  const std::string own = written.text("kubeconfig");
  const std::string* listed = parts.variable("KUBECONFIG");
  std::vector<std::string> paths;
  if (!own.empty()) {
    paths = {own};
  } else if (listed) {
    for (const std::string_view path : split(*listed, ':'))
      if (!path.empty()) paths.emplace_back(path);
  } else if (home) {
    paths = {*home + "/.kube/config"};
  }
  std::optional<formats::Kubeconfig> all;
  for (std::string path : paths) {
    if (path.starts_with("~/") && home) path = *home + path.substr(1);
    if (!path.starts_with('/')) path.insert(0, parts.directory + "/");
    auto text = parts.read_file(path, longest_file);
    if (!text && text.error().cause == Cause::not_found && own.empty()) continue;
    if (!text) return fail(std::move(text).error());
    DEPLOYCTL_TRY(formats::Kubeconfig config, formats::parse_kubeconfig(*std::move(text), path));
    all = all ? formats::merged(*std::move(all), std::move(config)) : std::move(config);
  }
  if (!all) return of_pod(parts);
  return formats::kube_access(*all, written.text("context"));
}

// Files stand in for what is not written into the kubeconfig itself.
Result<net::TlsIdentity> tls_of(const cloud::Parts& parts, const formats::KubeAccess& access) {
  net::TlsIdentity tls{.ca_pem = access.cluster.ca_pem, .certificate_pem = access.user.certificate_pem};
  if (tls.ca_pem.empty() && !access.cluster.ca_file.empty()) {
    DEPLOYCTL_TRY(tls.ca_pem, parts.read_file(access.cluster.ca_file, longest_file));
  }
  if (tls.certificate_pem.empty() && !access.user.certificate_file.empty()) {
    DEPLOYCTL_TRY(tls.certificate_pem, parts.read_file(access.user.certificate_file, longest_file));
  }
  if (access.user.key_pem) tls.key_pem = *access.user.key_pem;
  if (!access.user.key_pem && !access.user.key_file.empty()) {
    DEPLOYCTL_TRY(std::string text, parts.read_file(access.user.key_file, longest_file));
    const Wiped key(std::move(text));
    tls.key_pem = Secret::reference("kube.key").resolved_with(*key);
  }
  return tls;
}

} // namespace

Session::Session(const cloud::Parts& parts, formats::KubeAccess access, std::unique_ptr<Http> http)
    : http_(std::move(http)), parts_(with_http(parts, *http_)), access_(std::move(access)),
      tokens_(parts_, [this](const std::stop_token& stop) { return token(stop); }) {}

Result<std::unique_ptr<Session>> Session::open(const cloud::Parts& parts, const cloud::Written& written,
                                               const MakeHttp& make_http) {
  DEPLOYCTL_TRY(formats::KubeAccess access, find_access(parts, written));
  while (access.cluster.server.ends_with('/')) access.cluster.server.pop_back();
  DEPLOYCTL_TRY(const net::TlsIdentity tls, tls_of(parts, access));
  return std::unique_ptr<Session>(new Session(parts, std::move(access), make_http(tls)));
}

Result<cloud::Token> Session::token(const std::stop_token& stop) {
  if (access_.user.token) return cloud::Token{.value = *access_.user.token, .expires = {}};
  if (access_.user.token_file.empty()) return token_of_plugin(parts_, access_, stop);
  DEPLOYCTL_TRY(
      Secret read,
      cloud::identity_token(parts_, {.from = "", .file = access_.user.token_file, .audience = ""}, stop));
  return cloud::Token{.value = std::move(read), .expires = parts_.clock.wall() + token_file_kept};
}

cloud::Question Session::question(const std::string& what, const std::string& path,
                                  const std::string& accept) const {
  cloud::Question asked{.name = fmt::format("kubernetes ({}): {}", access_.context, what)};
  asked.request = {
      .operation = "secrets.kube", .url = access_.cluster.server + path, .headers = {{"Accept", accept}}};
  return asked;
}

// A token, a password or a certificate goes before a plugin, which then is not run.
Result<cloud::Answer> Session::get(const std::string& what, const std::string& path,
                                   const std::string& accept, const std::stop_token& stop) {
  cloud::Question asked = question(what, path, accept);
  const formats::KubeUser& user = access_.user;
  if (user.token || !user.token_file.empty()) return tokens_.exchange(std::move(asked), stop);
  if (!user.username.empty() && user.password) {
    DEPLOYCTL_TRY(Text basic, basic_authorization(user.username, *user.password));
    asked.request.headers.emplace_back("Authorization", std::move(basic));
    return cloud::exchange(parts_, asked, stop);
  }
  const bool shows_certificate = !user.certificate_pem.empty() || !user.certificate_file.empty();
  if (user.exec && !shows_certificate) return tokens_.exchange(std::move(asked), stop);
  return cloud::exchange(parts_, asked, stop);
}

} // namespace deployctl::kube
