#include "formats/kubeconfig.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::formats;

namespace {

Kubeconfig parsed(const std::string& text, const std::string& path = "/kube/config") {
  auto config = parse_kubeconfig(text, path);
  if (!config) FAIL(config.error().message);
  return *std::move(config);
}

std::string refused(const std::string& user, const std::string& cluster = "server: https://k") {
  const std::string text = "current-context: c\ncontexts: [{ name: c, context: { cluster: k, user: u } }]\n"
                           "clusters: [{ name: k, cluster: { " +
                           cluster + " } }]\nusers: [{ name: u, user: { " + user + " } }]\n";
  const auto config = parse_kubeconfig(text, "/kube/config");
  if (!config) return config.error().message;
  const auto access = kube_access(*config, "");
  return access ? "" : access.error().message;
}

} // namespace

TEST_CASE("kubeconfig: who defines a name first keeps it whole, and paths stay beside their file") {
  const Kubeconfig a =
      parsed("users: [{ name: u, user: { client-certificate: c.pem, client-key: /k.pem } }]\n"
             "clusters: [{ name: k, cluster: { server: https://a, certificate-authority: ca/ca.pem } }]\n");
  const Kubeconfig b = parsed("current-context: c\n"
                              "users: [{ name: u, user: { token: other } }]\n"
                              "contexts: [{ name: c, context: { cluster: k, user: u } }]\n",
                              "/other/config");
  const auto access = kube_access(merged(a, b), "");
  REQUIRE(access);
  CHECK(access->context == "c");
  CHECK_FALSE(access->user.token);
  CHECK(access->user.certificate_file == "/kube/c.pem");
  CHECK(access->user.key_file == "/k.pem");
  CHECK(access->cluster.ca_file == "/kube/ca/ca.pem");
}

TEST_CASE("kubeconfig: data is decoded and goes before files") {
  const Kubeconfig config =
      parsed("clusters: [{ name: k, cluster: { server: https://a, certificate-authority: x, "
             "certificate-authority-data: dGhlIENB } }]\n");
  CHECK(config.clusters.at("k").ca_pem == "the CA");
}

TEST_CASE("kubeconfig: what contradicts itself or is not done here is told") {
  CHECK(refused("token: t").empty());
  CHECK(refused("token: t, username: u") == "user 'u' of the kubeconfig has both a token and a user name");
  CHECK(refused("auth-provider: { name: gcp }") ==
        "user 'u' of the kubeconfig has the auth-provider 'gcp', which Kubernetes no longer knows");
  CHECK(refused("exec: { command: x }") ==
        "user 'u' of the kubeconfig has an exec without command or apiVersion");
  CHECK(refused("as: root, token: t") ==
        "user 'u' of the kubeconfig acts as someone else, which is not in this version");
  CHECK(refused("token: t", "server: https://k, insecure-skip-tls-verify: true") ==
        "cluster 'k' of the kubeconfig skips the verification of TLS, which is not done here");
  CHECK(refused("token: t", "server: https://k, certificate-authority-data: '%%'") ==
        "'/kube/config': cluster 'k': 'certificate-authority-data' is no base64");
  CHECK(refused("token: t", "tls-server-name: x") == "cluster 'k' of the kubeconfig has no server");
  CHECK(parse_kubeconfig("a: [", "/kube/config").error().message ==
        "'/kube/config' is no YAML that can be read");
  CHECK(kube_access(parsed("{}"), "").error().message == "the kubeconfig has no current context");
  CHECK(kube_access(parsed("{}"), "x").error().message == "the kubeconfig has no context 'x'");
}
