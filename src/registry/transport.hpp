// Sends requests to registries: waits while a host wants to be left alone, and tries again where the same
// request may succeed. Knows nothing of credentials; that is exchange.hpp.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/http.hpp>

#include "net/url.hpp"
#include "registry/credentials.hpp"
#include "registry/host_memory.hpp"

namespace deployctl::registry {

// os::pause, or a test's own. False: stopped.
using Wait = std::function<bool(Milliseconds, const std::stop_token&)>;

struct HostSettings {
  std::optional<bool> plain_http; // none: only on this machine
  std::string ca_file;
};

// Everything a client works with; all of it outlives the client.
struct ClientParts {
  Http& http;
  Clock& clock;
  Random& random;
  Wait wait;
  CredentialSource& credentials;
  RegistryMemory& memory;
  std::function<HostSettings(const std::string& host)> settings; // may be empty
  std::function<void(const Secret&)> learn;                      // may be empty; tells the redactor
};

enum class Again { never, when_it_helps };

class Transport {
public:
  explicit Transport(const ClientParts& parts) : parts_(parts) {}

  // The last response when all attempts were refused, the last error when none was answered.
  Result<HttpResponse> send(const HttpRequest& request, HostMemory& host, Again again,
                            const std::stop_token& stop) const;
  // Lets the time pass that a failed attempt calls for. Error: it was the last one, or stopped.
  Status pause_after(int attempt, const Error& failure, const std::stop_token& stop) const;

  [[nodiscard]] const ClientParts& parts() const { return parts_; }
  // "https://registry-1.docker.io"
  [[nodiscard]] std::string origin(const std::string& host) const;
  [[nodiscard]] HostSettings settings(const std::string& host) const;

private:
  Status wait_for_quiet(HostMemory& host, const std::stop_token& stop) const;

  const ClientParts& parts_;
};

// Whether a server may send us there: never from https to http, and to an address of a private network only
// from that same address. Cause::policy.
Status check_detour(const net::Url& from, const net::Url& to);

} // namespace deployctl::registry
