#include "registry/real_registry.hpp"

#include <stdexcept>

#include "base/variables.hpp"
#include "os/files.hpp"
#include "registry/must.hpp"

namespace deployctl::tests {
namespace {

// bcrypt of "s3cret-pw", cheap on purpose
constexpr const char* users = "deploy:$2b$04$uYfnI/4pA015mvx4xzjiyOuiz3i/UJuKbH1ntT33umIdAJxUXOFpC\n";

constexpr const char* debians = "docker-registry";

// Which server: the one that is named, else Debian's.
std::string program() {
  const os::Environment environment = os::read_environment();
  const std::string* named = find_variable(environment, "REGISTRY_SERVER");
  return named ? *named : debians;
}

} // namespace

std::string RealRegistry::settings(const RegistryKind& kind) const {
  std::string text = "version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\n"
                     "storage: {filesystem: {rootdirectory: " +
                     path("data") + "}, delete: {enabled: true}}\nhttp:\n  addr: 127.0.0.1:0\n";
  if (kind.relative_locations) text += "  relativeurls: true\n";
  if (kind.tls) text += "  tls: {certificate: " + path("cert.pem") + ", key: " + path("key.pem") + "}\n";
  if (kind.users) text += "auth: {htpasswd: {realm: test, path: " + path("users") + "}}\n";
  return text;
}

void RealRegistry::make_certificate() {
  const auto made =
      processes_.run({.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                               "-subj", "/CN=deployctl test", "-addext", "subjectAltName=IP:127.0.0.1",
                               "-keyout", "key.pem", "-out", "cert.pem"},
                      .inherit = {"PATH"}},
                     {});
  if (!made || made->exit_code != 0) throw std::runtime_error("openssl made no certificate");
}

RealRegistry::RealRegistry(RegistryKind kind) {
  if (kind.tls) make_certificate();
  must(os::atomic_write(path("users"), users));
  must(os::atomic_write(path("config.yml"), settings(kind)));
  server_ = std::jthread([this](const std::stop_token& stop) {
    (void)processes_.run({.argv = {program(), "serve", path("config.yml")},
                          .environment = {{"OTEL_TRACES_EXPORTER", "none"}},
                          .inherit = {"PATH"},
                          .timeout = Milliseconds(600'000),
                          .grace = Milliseconds(500),
                          .output = this},
                         stop);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    known_.notify_all();
  });
  std::unique_lock lock(mutex_);
  const bool told = known_.wait_for(lock, std::chrono::seconds(60), [&] { return !port_.empty() || ended_; });
  if (!told || port_.empty()) throw std::runtime_error(program() + " did not start: " + last_line_);
}

// level=info msg="listening on 127.0.0.1:35021, tls" go.version=...
void RealRegistry::line(Stream, std::string_view text) {
  constexpr std::string_view begin = "listening on 127.0.0.1:";
  const std::lock_guard lock(mutex_);
  last_line_ = text;
  const auto found = text.find(begin);
  if (!port_.empty() || found == std::string_view::npos) return;
  text.remove_prefix(found + begin.size());
  port_ = text.substr(0, text.find_first_not_of("0123456789"));
  known_.notify_all();
}

bool RealRegistry::deletes_tags() const {
  return program() != debians;
}

void RealRegistry::lose_blob(const std::string& hex) const {
  must(os::remove_tree(path("data/docker/registry/v2/blobs/sha256/" + hex.substr(0, 2) + "/" + hex)));
}

} // namespace deployctl::tests
