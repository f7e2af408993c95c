// What a service takes for the proxy before it, `port` and `proxy`: their fields, the rules across them, and
// the proxy that they mean. Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/docker/caddy.hpp"
#include "providers/docker/haproxy.hpp"
#include "providers/docker/nginx.hpp"
#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

struct ProxyInputs {
  std::optional<CaddyInputs> caddy;
  std::optional<HaproxyInputs> haproxy;
  std::optional<NginxInputs> nginx;
  Milliseconds drain{30'000};
};

Field port_field();
Table<ProxyInputs> proxy_table();
void check_proxy(std::vector<InputProblem>& problems, const Value& inputs);

// One port, or two that containers on the host's own network take turns with; empty: none is written.
std::vector<int> ports_in_turn(const Value& port);

// Throws std::logic_error when none is written: check_proxy() has told already.
std::unique_ptr<const Proxy> make_proxy(const ProxyInputs& inputs, const std::string& stack,
                                        const std::string& service);
// Of all proxies.
std::vector<Operation> proxy_operations();

} // namespace deployctl::providers::docker
