#include <catch2/catch.hpp>

#include "base/encode.hpp"
#include "secrets/remote_bench.hpp"

using namespace deployctl;
using namespace deployctl::tests;

namespace {

constexpr const char* config = R"(
apiVersion: v1
kind: Config
current-context: ci
contexts:
  - { name: ci, context: { cluster: main, user: ci } }
  - { name: plugin, context: { cluster: main, user: plugin } }
  - { name: certificate, context: { cluster: main, user: certificate } }
  - { name: lost, context: { cluster: main, user: nobody } }
clusters:
  - { name: main, cluster: { server: "https://kube.example.com:6443/prefix/", certificate-authority: ca.pem } }
users:
  - { name: ci, user: { token: kube-token } }
  - { name: certificate, user: { client-certificate-data: Y2VydA==, client-key: keys/key.pem } }
  - name: plugin
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: bin/get-token
        args: [--cluster, main]
        env: [{ name: PLUGIN_MODE, value: ci }]
        installHint: install get-token
        interactiveMode: IfAvailable
)";

struct Cluster : RemoteBench {
  std::string good = "Bearer kube-token";
  std::string resource_version = "4711";

  Cluster() {
    base.environment["KUBECONFIG"] = "/none/config:/kube/config";
    base.environment["AWS_PROFILE"] = "ci";
    base.files["/kube/config"] = config;
    base.files["/kube/ca.pem"] = "the authority";
    base.files["/kube/keys/key.pem"] = "the key";
    answer = [this](const HttpRequest& request) { return serve(request); };
  }

  static HttpResponse status(int code, const std::string& message) {
    return json_answer(Value::Map{{"kind", "Status"}, {"message", message}, {"code", code}}, code);
  }

  HttpResponse serve(const HttpRequest& request) const {
    if (origin_of(request) != "https://kube.example.com:6443") return {.status = 599};
    if (header_of(request, "Authorization") != good) return status(401, "Unauthorized");
    const std::string path = path_of(request);
    if (path == "/prefix/api/v1/namespaces/prod/secrets/locked")
      return status(403, R"(secrets "locked" is forbidden: User "ci" cannot get resource "secrets")");
    if (path != "/prefix/api/v1/namespaces/prod/secrets/db") return status(404, "secrets \"none\" not found");
    Value::Map object{{"metadata", Value::Map{{"name", "db"}, {"resourceVersion", resource_version}}}};
    if (header_of(request, "Accept") == "application/json")
      object.emplace("data", Value::Map{{"password", to_base64("sentinel-1")}});
    return json_answer(object);
  }
};

} // namespace

TEST_CASE("kubernetes: a plan gets metadata only, values come later") {
  Cluster cluster;
  cluster.open({"k8s://prod/db#password", "k8s://prod/db#none", "k8s://prod/none#a", "k8s://prod/locked#a"});
  CHECK(cluster.version(0) == "4711");
  CHECK(header_of(cluster.base.http.requests.back(), "Accept").find("PartialObjectMetadata") !=
        std::string::npos);
  CHECK(cluster.value(0) == "sentinel-1");
  CHECK(cluster.value(1) == "not_found: it has nothing at '#none'");
  CHECK(cluster.asked.size() == 2);
  CHECK(cluster.value(2) ==
        "not_found: kubernetes (ci): value of the secret 'prod/none': HTTP status 404: secrets "
        "\"none\" not found");
  CHECK(cluster.value(3).ends_with("| a role must allow it: verb get on secrets/locked in 'prod'"));
  REQUIRE(cluster.tls.size() == 1);
  CHECK(cluster.tls[0].ca_pem == "the authority");
  CHECK(cluster.tls[0].certificate_pem.empty());
}

TEST_CASE("kubernetes: a certificate is shown instead of a token") {
  Cluster cluster;
  cluster.good = "";
  cluster.settings["kube"] = Value::Map{{"context", "certificate"}};
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0) == "sentinel-1");
  CHECK(cluster.tls.at(0).certificate_pem == "cert");
  CHECK(cluster.tls.at(0).key_pem.reveal() == "the key");
}

TEST_CASE("kubernetes: a plugin gives a token once, and again when it is refused") {
  Cluster cluster;
  cluster.settings["kube"] = Value::Map{{"context", "plugin"}};
  cluster.base.processes.result.out =
      R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"kube-token"}})";
  cluster.open({"k8s://prod/db#password", "k8s://prod/none#a"});
  CHECK(cluster.value(0) == "sentinel-1");
  CHECK(cluster.value(1).starts_with("not_found"));
  REQUIRE(cluster.base.processes.requests.size() == 1);
  const ProcessRequest& run = cluster.base.processes.requests[0];
  CHECK(run.argv == std::vector<std::string>{"/kube/bin/get-token", "--cluster", "main"});
  CHECK(*run.environment.at("PLUGIN_MODE").plain() == "ci");
  CHECK(
      *run.environment.at("KUBERNETES_EXEC_INFO").plain() ==
      R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
  CHECK(std::ranges::count(run.inherit, "AWS_PROFILE") == 1);
  cluster.good = "Bearer another";
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0).starts_with(
      "auth: kubernetes (plugin): value of the secret 'prod/db': HTTP status 401"));
  CHECK(cluster.base.processes.requests.size() == 3);
  cluster.base.processes.result.out = R"({"apiVersion":"client.authentication.k8s.io/v1beta1"})";
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0).find("answered in 'client.authentication.k8s.io/v1beta1'") != std::string::npos);
  cluster.base.processes.result = {.exit_code = 3, .out = "kube-token"};
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0) == "auth: '/kube/bin/get-token' exited with 3");
}

TEST_CASE("kubernetes: in a pod by its account, elsewhere with a context that exists") {
  Cluster cluster;
  cluster.settings["kube"] = Value::Map{{"context", "lost"}};
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0) ==
        "config: context 'lost' names the user 'nobody', which the kubeconfig does not have");
  cluster.settings["kube"] = Value::Map{{"kubeconfig", "missing"}};
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0) == "not_found: there is no file '/project/missing'");
  cluster.settings.clear();
  cluster.base.environment["KUBECONFIG"] = "/none";
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0).starts_with("config: no cluster of Kubernetes is set up"));
  cluster.base.environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
  cluster.base.files["/var/run/secrets/kubernetes.io/serviceaccount/token"] = "kube-token";
  cluster.base.files["/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"] = "the pod's authority";
  cluster.answer = [&](const HttpRequest& request) {
    const bool fits = request.url == "https://10.0.0.1:443/api/v1/namespaces/prod/secrets/db" &&
                      header_of(request, "Authorization") == "Bearer kube-token";
    return fits ? json_answer(Value::Map{{"data", Value::Map{{"password", to_base64("sentinel-2")}}},
                                         {"metadata", Value::Map{{"resourceVersion", "1"}}}})
                : HttpResponse{.status = 401};
  };
  cluster.open({"k8s://prod/db#password"});
  CHECK(cluster.value(0) == "sentinel-2");
  CHECK(cluster.tls.back().ca_pem == "the pod's authority");
}

namespace {

struct Connect : RemoteBench {
  Value::List items = {Value::Map{{"id", "i-1"}, {"version", 7}}};

  Connect() {
    base.environment["OP_CONNECT_HOST"] = "https://connect.example.com";
    base.environment["OP_CONNECT_TOKEN"] = "connect-token";
    answer = [this](const HttpRequest& request) { return serve(request); };
  }

  HttpResponse serve(const HttpRequest& request) const {
    if (header_of(request, "Authorization") != "Bearer connect-token")
      return json_answer(Value::Map{{"status", 401}, {"message", "Invalid token signature"}}, 401);
    const std::string path = percent_decode(path_of(request)).value();
    if (path == "/v1/vaults?filter=title eq \"Prod\"")
      return json_answer(Value::List{Value::Map{{"id", "v-1"}, {"name", "Prod"}}});
    if (path == R"(/v1/vaults/v-1/items?filter=title eq "a \"b\"")") return json_answer(Value(items));
    if (path.starts_with("/v1/vaults?") || path.find("/items?") != std::string::npos)
      return json_answer(Value(Value::List{}));
    if (path != "/v1/vaults/v-1/items/i-1") return {.status = 404};
    const auto field = [](const char* label, const char* value, const char* section) {
      return Value(Value::Map{{"label", label}, {"value", value}, {"section", Value::Map{{"id", section}}}});
    };
    return json_answer(Value::Map{
        {"version", 7},
        {"sections", Value::List{Value::Map{{"id", "s1"}, {"label", "main"}},
                                 Value::Map{{"id", "s2"}, {"label", "old"}}}},
        {"fields", Value::List{field("password", "sentinel-1", "s1"), field("password", "sentinel-2", "s2"),
                               field("user", "application", "s1")}}});
  }
};

} // namespace

TEST_CASE("1password: Connect tells versions without values, and fields by their section") {
  Connect connect;
  connect.open({"op://Prod/a \"b\"/main/password", "op://Prod/a \"b\"/user", "op://Prod/a \"b\"/password",
                "op://Prod/a \"b\"/none", "op://Prod/none/user", "op://None/x/user"});
  CHECK(connect.version(0) == "7");
  CHECK(connect.asked.size() == 2);
  CHECK(connect.value(0) == "sentinel-1");
  CHECK(connect.value(1) == "application");
  CHECK(connect.asked.size() == 3);
  CHECK(connect.value(2) == "config: the item has more than one field 'password'");
  CHECK(connect.value(3) == "not_found: the item has no field 'none'");
  CHECK(connect.value(4) == "not_found: there is no item 'none' in vault 'Prod'");
  CHECK(connect.value(5) == "not_found: there is no vault 'None'");
  connect.items.push_back(connect.items.front());
  connect.open({"op://Prod/a \"b\"/user"});
  CHECK(connect.value(0) == "config: there are 2 of item 'a \"b\"' in vault 'Prod'");
  connect.base.environment["OP_CONNECT_TOKEN"] = "wrong";
  connect.open({"op://Prod/x/user"});
  CHECK(connect.value(0) == "auth: 1password: vault 'Prod': HTTP status 401: Invalid token signature");
}

TEST_CASE("1password: without Connect the program op reads, its token in the environment only") {
  RemoteBench bench;
  bench.settings["op"] = Value::Map{{"token", Secret::reference("x").resolved_with("ops_token")}};
  bench.base.processes.result.out = "sentinel-1";
  bench.open({"op://Prod/db/password"});
  CHECK(bench.version(0).starts_with("keyed:"));
  CHECK(bench.value(0) == "sentinel-1");
  REQUIRE(bench.base.processes.requests.size() == 1);
  const ProcessRequest& run = bench.base.processes.requests[0];
  CHECK(run.argv == std::vector<std::string>{"op", "read", "--no-newline", "op://Prod/db/password"});
  CHECK(bytes_of(run.environment.at("OP_SERVICE_ACCOUNT_TOKEN")) == "ops_token");
  bench.base.processes.result = {.exit_code = 1, .out = "sentinel-2", .err = "[ERROR] no such item"};
  bench.open({"op://Prod/none/password"});
  CHECK(bench.value(0) == "command_failed: 'op read' exited with 1");
}
