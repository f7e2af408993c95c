// Which of a service's containers its proxy leads requests to, if there is a proxy: the one side knows
// containers, the other targets. Without a proxy every question is answered as if all were well.
#pragma once

#include <memory>
#include <string>

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"
#include "providers/docker/proxy_port.hpp"
#include "providers/docker/service_inputs.hpp"
#include "providers/docker/service_state.hpp"

namespace deployctl::providers::docker {

// The port on which a container listens: its label's, else the first that is written; 0: nobody says.
int port_of(const ServiceInputs& inputs, const Container& container);
// "10.0.0.5:8000"; a container without an address of its own listens on the host's.
std::string target_of(const ServiceInputs& inputs, const Container& container);

class ServiceRouting {
public:
  // All that is referred to outlives it.
  ServiceRouting(const ServiceInputs& inputs, Connection& connection, const std::string& service, Ports ports,
                 const Host& host, const std::stop_token& stop);

  [[nodiscard]] bool is_there() const { return proxy_ != nullptr; }
  [[nodiscard]] std::string words() const { return proxy_ ? proxy_->words() : std::string(); }
  [[nodiscard]] Result<ProxyState> look() const;
  [[nodiscard]] Result<bool> leads_to(const Container& container) const;
  [[nodiscard]] Status lead_to(const Container& container) const;
  // Nothing that still gets requests may end: an error unless they go to `container` by the proxy's own word.
  // Then waits until `old` has answered what it was sent, or the time for it is over.
  [[nodiscard]] Status let_finish(const Container& container, const std::string& old, const Engine& engine,
                                  LineSink& output) const;
  [[nodiscard]] Status lead_nowhere() const;

private:
  [[nodiscard]] Status drain(const std::string& old, const Engine& engine, LineSink& output) const;

  const ServiceInputs& inputs_;
  std::unique_ptr<const Proxy> proxy_;
  Ports ports_;
  std::stop_token stop_;
  std::unique_ptr<const ProxyPort> port_; // last: it uses the proxy
};

// What an observation says of it: "requests_to" in `managed` when they go elsewhere than to the live
// container, and why it cannot be changed.
Status add_routing(Observation& seen, std::vector<std::string>& blocked, const ServiceRouting& routing,
                   const ServiceInputs& inputs, const ServiceState& state);

} // namespace deployctl::providers::docker
