// The port Http over libcurl. Thread-safe: every request borrows a connection pool of its own, so nothing is
// shared while it is under way. It never follows redirects, reads no .netrc and no environment.
#pragma once

#include <memory>
#include <string>

#include <deployctl/ports/http.hpp>

#include "net/proxies.hpp"

namespace deployctl::net {

// Certificates for servers that are trusted, and proven to, by their own.
struct TlsIdentity {
  std::string ca_pem; // these alone are trusted; empty: the system's
  std::string certificate_pem;
  Secret key_pem; // of the certificate; empty: none is shown
};

struct HttpSettings {
  std::string user_agent = "deployctl";
  Proxies proxies;
  TlsIdentity tls = {};
};

class CurlHttp final : public Http {
public:
  explicit CurlHttp(HttpSettings settings = {});
  ~CurlHttp() override;

  // TLS 1.2 or later against the system's trust and, if given, `ca_file`. Errors: config (URL, header),
  // network and timeout (retryable when the request cannot have had an effect: it was not sent, or its method
  // is safe), tls, cancelled, capacity (the response is larger than its limit).
  Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop) override;

private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

} // namespace deployctl::net
