// Whatever a service answers to who reads a secret: a version and a value come of it, or errors; and what was
// read once is not asked for again. The first line chooses the reference, each other one is an answer: a
// letter for its status, and its body.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.hpp"
#include "secrets/remote_bench.hpp"

namespace {

using namespace deployctl;

constexpr std::array references = {
    "vault://main/secret/app#password",
    "vault://main/database/creds/app#password",
    "gcp-sm://kodex/db",
    "azure-kv://kodex/db",
    "k8s://prod/db#password",
    "op://Team/db/password",
    "doppler://kodex/prd/DB",
    "aws-sm://db#password",
    "aws-ssm:///prod/db",
};
constexpr std::array statuses = {200, 201, 204, 302, 400, 401, 403, 404, 429, 500}; // 'a' to 'j'
constexpr const char* kubeconfig = R"(
current-context: ci
contexts: [{ name: ci, context: { cluster: main, user: ci } }]
clusters: [{ name: main, cluster: { server: "https://kube.example.com" } }]
users: [{ name: ci, user: { token: kube-token } }]
)";

std::size_t number_of(std::string_view line, char first, std::size_t count) {
  const int distance = line.empty() ? 0 : line.front() - first;
  return static_cast<std::size_t>(static_cast<unsigned char>(distance)) % count;
}

class Stores {
public:
  explicit Stores(std::vector<std::string_view> answers) : answers_(std::move(answers)) {
    const auto secret = [](const char* bytes) { return Secret::reference("x").resolved_with(bytes); };
    bench_.settings["vault.main"] = Value::Map{{"address", "https://vault.example.com"},
                                               {"token", secret("vault-token")},
                                               {"dynamic", Value::List{"database"}}};
    bench_.settings["azure"] =
        Value::Map{{"tenant_id", "t-1"}, {"client_id", "c-1"}, {"client_secret", secret("client-secret")}};
    bench_.settings["op"] =
        Value::Map{{"connect_host", "https://connect.example.com"}, {"connect_token", secret("op-token")}};
    bench_.settings["doppler"] = Value::Map{{"token", secret("doppler-token")}};
    bench_.base.environment = {{"KUBECONFIG", "/kube/config"},
                               {"AWS_ACCESS_KEY_ID", "AKIA"},
                               {"AWS_SECRET_ACCESS_KEY", "secret-key"},
                               {"AWS_REGION", "eu-north-1"}};
    bench_.base.files["/kube/config"] = kubeconfig;
    bench_.answer = [this](const HttpRequest&) { return next(); };
    bench_.pause = [](Milliseconds, const std::stop_token&) { return false; };
  }
  ~Stores() { bench_.close(); } // leases say good-bye
  Stores(const Stores&) = delete;
  Stores& operator=(const Stores&) = delete;

  void read(const char* text) {
    const SecretReference reference = parse_secret_reference(text).value();
    bench_.open({text});
    secrets::add_aws_stores(bench_.stores, {reference},
                            {.chain = [this] { return chain(); },
                             .environment = bench_.base.environment,
                             .settings = [](const std::string&) { return Value(Value::Map{}); }});
    secrets::Store* store = bench_.stores.find(reference);
    if (!store) std::abort();
    (void)store->version(reference, {});
    const auto value = store->read(reference, {});
    if (!value) return;
    const std::size_t asked = bench_.asked.size();
    const auto again = store->read(reference, {});
    if (!again || again->bytes->view() != value->bytes->view() || bench_.asked.size() != asked) std::abort();
  }

private:
  aws::ChainParts chain() {
    return {.ports = bench_.base.ports(),
            .processes = bench_.base.processes,
            .read_file = bench_.base.reader(),
            .write_file = {},
            .learn = [](const Secret&) {}};
  }

  HttpResponse next() {
    if (next_ >= answers_.size()) return {.status = 404};
    const std::string_view line = answers_[next_++];
    return {.status = statuses.at(number_of(line, 'a', statuses.size())),
            .body = std::string(line.substr(line.empty() ? 0 : 1))};
  }

  std::vector<std::string_view> answers_;
  std::size_t next_ = 1;
  tests::RemoteBench bench_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string_view> lines = split({reinterpret_cast<const char*>(data), size}, '\n');
  const char* reference = references.at(number_of(lines.front(), '0', references.size()));
  Stores(std::move(lines)).read(reference);
  return 0;
}
