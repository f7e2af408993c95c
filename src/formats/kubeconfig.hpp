// The files that say how clusters of Kubernetes are reached: contexts, clusters and users, merged as kubectl
// merges them. A value; files that it names are not read here, programs are not run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

namespace deployctl::formats {

struct KubeCluster {
  std::string server;
  std::string ca_file; // absolute, or as written when the file has no folder
  std::string ca_pem;  // goes before the file
  std::string tls_server_name;
  std::string proxy_url;
  bool is_insecure = false;
};

// A program that prints credentials.
struct KubeExec {
  std::string api_version;
  std::string command;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string install_hint;
  bool wants_cluster = false;
  bool wants_terminal = false; // interactiveMode: Always
};

struct KubeUser {
  std::string certificate_file;
  std::string certificate_pem;
  std::string key_file;
  std::optional<Secret> key_pem;
  std::optional<Secret> token;
  std::string token_file;
  std::string username;
  std::optional<Secret> password;
  std::optional<KubeExec> exec;
  std::string auth_provider; // the name of one that no longer exists
  bool impersonates = false;
};

struct KubeContext {
  std::string cluster;
  std::string user;
};

struct Kubeconfig {
  std::map<std::string, KubeCluster> clusters;
  std::map<std::string, KubeUser> users;
  std::map<std::string, KubeContext> contexts;
  std::string current_context;
};

// Relative paths start at the folder of `path`. Cause::config.
Result<Kubeconfig> parse_kubeconfig(std::string text, const std::string& path);
// Whoever defines a name first keeps it whole.
Kubeconfig merged(Kubeconfig first, Kubeconfig second);

struct KubeAccess {
  std::string context;
  KubeCluster cluster;
  KubeUser user;
};

// Of that context; empty: the current one. Cause::config: what it names is not there, or contradicts itself.
Result<KubeAccess> kube_access(const Kubeconfig& config, const std::string& context);

} // namespace deployctl::formats
