// A docker-registry of Debian, or the server of distribution that REGISTRY_SERVER names, on 127.0.0.1 in a
// folder of its own, for as long as this object lives: plain, with users, or with TLS.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/system_clock.hpp"
#include "os/environment.hpp"
#include "os/processes.hpp"
#include "os/tree.hpp"

namespace deployctl::tests {

struct RegistryKind {
  bool users = false; // "deploy" with "s3cret-pw"
  bool tls = false;
  bool relative_locations = false;
};

class RealRegistry final : public LineSink {
public:
  explicit RealRegistry(RegistryKind kind = {});

  [[nodiscard]] std::string host() const { return "127.0.0.1:" + port_; }
  [[nodiscard]] std::string certificate() const { return path("cert.pem"); }
  // Version 3 does, Debian's 2.8 refuses.
  [[nodiscard]] bool deletes_tags() const;
  // Removes the bytes of a blob behind the registry's back.
  void lose_blob(const std::string& hex) const;

  void line(Stream stream, std::string_view text) override;

private:
  [[nodiscard]] std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  [[nodiscard]] std::string settings(const RegistryKind& kind) const;
  void make_certificate();

  os::TemporaryDirectory directory_ = os::TemporaryDirectory::create("/tmp", "deployctl-registry-").value();
  SystemClock clock_;
  os::LocalProcesses processes_{clock_, directory_.path(), os::read_environment()};
  std::mutex mutex_; // guards port_ and ended_ until the port is known
  std::condition_variable known_;
  std::string port_;
  std::string last_line_;
  bool ended_ = false;
  std::jthread server_; // last: it uses the rest
};

} // namespace deployctl::tests
