#include "formats/kubeconfig.hpp"

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/wiped.hpp"
#include "yaml/document.hpp"

namespace deployctl::formats {
namespace {

// One entry, and where the relative paths in it start.
class Fields {
public:
  Fields(const yaml::Node* node, const std::string& folder) : node_(node), folder_(folder) {}

  [[nodiscard]] std::string text(std::string_view key) const {
    const yaml::Node* found = node_ ? node_->find(key) : nullptr;
    return found && found->is_scalar() ? found->text : "";
  }
  [[nodiscard]] bool flag(std::string_view key) const { return text(key) == "true"; }
  [[nodiscard]] std::string path(std::string_view key) const {
    const std::string written = text(key);
    return written.empty() || written.starts_with('/') || folder_.empty() ? written : folder_ + "/" + written;
  }
  [[nodiscard]] std::optional<Secret> secret(std::string_view key) const {
    const std::string found = text(key);
    return found.empty() ? std::nullopt : std::optional(made(key, found));
  }
  // What "…-data" keys hold.
  [[nodiscard]] Result<std::string> decoded(std::string_view key) const {
    return from_base64(text(key)).map_error([&](Error error) {
      error.message = fmt::format("'{}' is no base64", key);
      return error;
    });
  }
  [[nodiscard]] Result<std::optional<Secret>> decoded_secret(std::string_view key) const {
    DEPLOYCTL_TRY(std::string plain, decoded(key));
    const Wiped bytes(std::move(plain));
    return bytes->empty() ? std::nullopt : std::optional(made(key, *bytes));
  }
  [[nodiscard]] const yaml::Node* node(std::string_view key) const {
    return node_ ? node_->find(key) : nullptr;
  }
  [[nodiscard]] Fields below(std::string_view key) const { return {node(key), folder_}; }

private:
  static Secret made(std::string_view key, std::string_view bytes) {
    return Secret::reference("kubeconfig." + std::string(key)).resolved_with(bytes);
  }

  const yaml::Node* node_;
  const std::string& folder_;
};

Result<KubeCluster> read_cluster(const Fields& fields) {
  KubeCluster cluster{.server = fields.text("server"),
                      .ca_file = fields.path("certificate-authority"),
                      .ca_pem = {},
                      .tls_server_name = fields.text("tls-server-name"),
                      .proxy_url = fields.text("proxy-url"),
                      .is_insecure = fields.flag("insecure-skip-tls-verify")};
  DEPLOYCTL_TRY(cluster.ca_pem, fields.decoded("certificate-authority-data"));
  return cluster;
}

KubeExec read_exec(const Fields& fields) {
  KubeExec exec{.api_version = fields.text("apiVersion"), .command = fields.text("command")};
  if (exec.command.find('/') != std::string::npos) exec.command = fields.path("command");
  if (const yaml::Node* list = fields.node("args"))
    for (const yaml::Node& item : list->items) exec.arguments.push_back(item.text);
  if (const yaml::Node* list = fields.node("env"))
    for (const yaml::Node& item : list->items) {
      const yaml::Node* name = item.find("name");
      const yaml::Node* value = item.find("value");
      if (name) exec.environment.emplace_back(name->text, value ? value->text : "");
    }
  exec.install_hint = fields.text("installHint");
  exec.wants_cluster = fields.flag("provideClusterInfo");
  exec.wants_terminal = fields.text("interactiveMode") == "Always";
  return exec;
}

Result<KubeUser> read_user(const Fields& fields) {
  KubeUser user;
  user.certificate_file = fields.path("client-certificate");
  user.key_file = fields.path("client-key");
  DEPLOYCTL_TRY(user.certificate_pem, fields.decoded("client-certificate-data"));
  DEPLOYCTL_TRY(user.key_pem, fields.decoded_secret("client-key-data"));
  user.token = fields.secret("token");
  user.token_file = fields.path("tokenFile");
  user.username = fields.text("username");
  user.password = fields.secret("password");
  if (const yaml::Node* exec = fields.node("exec"); exec && exec->is_map())
    user.exec = read_exec(fields.below("exec"));
  user.auth_provider = fields.below("auth-provider").text("name");
  user.impersonates = !fields.text("as").empty();
  return user;
}

Result<KubeContext> read_context(const Fields& fields) {
  return KubeContext{.cluster = fields.text("cluster"), .user = fields.text("user")};
}

// Lists of {name, KIND: {…}}.
template <class T>
Status read_list(const Fields& root, std::string_view list, std::string_view kind,
                 Result<T> (*read)(const Fields&), const std::string& folder, std::map<std::string, T>& out) {
  const yaml::Node* node = root.node(list);
  if (!node) return {};
  for (const yaml::Node& item : node->items) {
    const Fields entry(&item, folder);
    const std::string name = entry.text("name");
    if (name.empty()) return fail(Cause::config, fmt::format("an entry of '{}' has no name", list));
    auto found = read(entry.below(kind));
    if (!found) {
      Error error = std::move(found).error();
      error.message = fmt::format("{} '{}': {}", kind, name, error.message);
      return fail(std::move(error));
    }
    out.emplace(name, *std::move(found));
  }
  return {};
}

Status check_user(const KubeUser& user, const std::string& name) {
  const auto wrong = [&](const std::string& why, std::string help = {}) {
    return fail(Cause::config, fmt::format("user '{}' of the kubeconfig {}", name, why), std::move(help));
  };
  if (!user.auth_provider.empty())
    return wrong(
        fmt::format("has the auth-provider '{}', which Kubernetes no longer knows", user.auth_provider),
        "use an exec plugin: gke-gcloud-auth-plugin, kubelogin, aws eks get-token");
  if (user.exec && (user.exec->command.empty() || user.exec->api_version.empty()))
    return wrong("has an exec without command or apiVersion");
  if ((user.token || !user.token_file.empty()) && !user.username.empty())
    return wrong("has both a token and a user name");
  if (user.impersonates) return wrong("acts as someone else, which is not in this version");
  return {};
}

Status check_cluster(const KubeCluster& cluster, const std::string& name) {
  const auto wrong = [&](const std::string& why) {
    return fail(Cause::config, fmt::format("cluster '{}' of the kubeconfig {}", name, why));
  };
  if (cluster.server.empty()) return wrong("has no server");
  if (cluster.is_insecure) return wrong("skips the verification of TLS, which is not done here");
  if (!cluster.tls_server_name.empty()) return wrong("has a tls-server-name, which is not in this version");
  if (!cluster.proxy_url.empty()) return wrong("has a proxy-url, which is not in this version");
  return {};
}

} // namespace

Result<Kubeconfig> parse_kubeconfig(std::string text, const std::string& path) {
  const yaml::ParseOutcome parsed = yaml::parse(path, std::move(text));
  if (parsed.has_errors() || !parsed.document)
    return fail(Cause::config, fmt::format("'{}' is no YAML that can be read", path));
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
  const Fields root(&parsed.document->root, folder);
  Kubeconfig config{
      .clusters = {}, .users = {}, .contexts = {}, .current_context = root.text("current-context")};
  const auto read = [&]() -> Status {
    DEPLOYCTL_CHECK(read_list(root, "clusters", "cluster", read_cluster, folder, config.clusters));
    DEPLOYCTL_CHECK(read_list(root, "users", "user", read_user, folder, config.users));
    return read_list(root, "contexts", "context", read_context, folder, config.contexts);
  };
  const Status status = read();
  if (status) return config;
  return fail(status.error().cause, fmt::format("'{}': {}", path, status.error().message));
}

Kubeconfig merged(Kubeconfig first, Kubeconfig second) {
  first.clusters.merge(second.clusters);
  first.users.merge(second.users);
  first.contexts.merge(second.contexts);
  if (first.current_context.empty()) first.current_context = second.current_context;
  return first;
}

Result<KubeAccess> kube_access(const Kubeconfig& config, const std::string& context) {
  const std::string& name = context.empty() ? config.current_context : context;
  if (name.empty())
    return fail(Cause::config, "the kubeconfig has no current context",
                "write `context` under `providers: kube`");
  const auto found = config.contexts.find(name);
  if (found == config.contexts.end())
    return fail(Cause::config, fmt::format("the kubeconfig has no context '{}'", name));
  const auto cluster = config.clusters.find(found->second.cluster);
  if (cluster == config.clusters.end())
    return fail(Cause::config,
                fmt::format("context '{}' names the cluster '{}', which the kubeconfig does not have", name,
                            found->second.cluster));
  const auto user = config.users.find(found->second.user);
  if (user == config.users.end())
    return fail(Cause::config,
                fmt::format("context '{}' names the user '{}', which the kubeconfig does not have", name,
                            found->second.user));
  DEPLOYCTL_CHECK(check_cluster(cluster->second, cluster->first));
  DEPLOYCTL_CHECK(check_user(user->second, user->first));
  return KubeAccess{.context = name, .cluster = cluster->second, .user = user->second};
}

} // namespace deployctl::formats
