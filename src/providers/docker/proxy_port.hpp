// The one place where calls to a proxy are made: looks, takes the next steps, and looks again until the proxy
// itself says that it is as it should be. What the calls are is the Proxy's matter.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/session.hpp>

#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

class ProxyPort {
public:
  // `proxy`, the connection and what `ports` refer to outlive it.
  ProxyPort(const Proxy& proxy, Connection& connection, Ports ports, Host host, std::stop_token stop)
      : proxy_(proxy), connection_(connection), ports_(ports), host_(std::move(host)),
        stop_(std::move(stop)) {}

  [[nodiscard]] Result<ProxyState> look() const;
  // Done when the proxy says that new requests go to `target`, and only there.
  [[nodiscard]] Status lead_to(const std::string& target) const;
  [[nodiscard]] Status forget_old() const;
  [[nodiscard]] Status lead_nowhere() const;

private:
  using Step = Result<ProxyCalls> (Proxy::*)(ProxyAnswers) const;

  [[nodiscard]] Result<std::vector<ProxyAnswer>> answers() const;
  [[nodiscard]] Result<ProxyAnswer> make(const ProxyCall& call) const;
  [[nodiscard]] Result<ProxyAnswer> ask(HttpRequest request) const;
  // False: somebody else changed it meanwhile, so look again.
  [[nodiscard]] Result<bool> make_all(const ProxyCalls& calls) const;
  [[nodiscard]] Status take(Step step) const;
  [[nodiscard]] Error refused(const ProxyCall& call, const ProxyAnswer& answer) const;

  const Proxy& proxy_;
  Connection& connection_;
  Ports ports_;
  Host host_;
  std::stop_token stop_;
};

} // namespace deployctl::providers::docker
