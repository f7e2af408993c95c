#include "providers/docker/service_routing.hpp"

#include <charconv>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/strings.hpp"
#include "providers/docker/labels.hpp"
#include "providers/docker/proxy_inputs.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr Milliseconds between_looks{500};

std::string told(const ProxyState& state) {
  if (state.targets.empty()) return "nothing";
  return join(state.targets, " and ") + (state.is_loaded ? "" : ", not loaded");
}

} // namespace

int port_of(const ServiceInputs& inputs, const Container& container) {
  int port = 0;
  if (const auto label = container.labels.find(port_label); label != container.labels.end())
    std::from_chars(label->second.data(), label->second.data() + label->second.size(), port);
  if (port > 0) return port;
  const std::vector<int> written = ports_in_turn(inputs.port);
  return written.empty() ? 0 : written.front();
}

std::string target_of(const ServiceInputs& inputs, const Container& container) {
  const std::string address = container.address.empty() ? "127.0.0.1" : container.address;
  return fmt::format("{}:{}", address, port_of(inputs, container));
}

ServiceRouting::ServiceRouting(const ServiceInputs& inputs, Connection& connection,
                               const std::string& service, Ports ports, const Host& host,
                               const std::stop_token& stop)
    : inputs_(inputs), ports_(ports), stop_(stop) {
  if (!inputs.proxy) return;
  proxy_ = make_proxy(*inputs.proxy, stack_of(connection), service);
  port_ = std::make_unique<const ProxyPort>(*proxy_, connection, ports, host, stop);
}

Result<ProxyState> ServiceRouting::look() const {
  if (!port_) return ProxyState();
  return port_->look();
}

Result<bool> ServiceRouting::leads_to(const Container& container) const {
  if (!port_) return true;
  DEPLOYCTL_TRY(const ProxyState state, port_->look());
  return state.leads_to(target_of(inputs_, container));
}

Status ServiceRouting::lead_to(const Container& container) const {
  if (!port_) return {};
  return port_->lead_to(target_of(inputs_, container));
}

Status ServiceRouting::let_finish(const Container& container, const std::string& old, const Engine& engine,
                                  LineSink& output) const {
  if (!port_) return {};
  DEPLOYCTL_TRY(const ProxyState state, port_->look());
  const std::string target = target_of(inputs_, container);
  if (!state.leads_to(target))
    return fail(Cause::conflict,
                fmt::format("{} leads to {} and not to {}: the old container goes on", proxy_->words(),
                            told(state), target),
                "somebody else changed the proxy; plan again");
  if (!old.empty()) DEPLOYCTL_CHECK(drain(old, engine, output));
  return port_->forget_old();
}

// The engine's wait for the old container is what passes the time between two looks.
Status ServiceRouting::drain(const std::string& old, const Engine& engine, LineSink& output) const {
  const auto end = ports_.clock.boot() + inputs_.proxy->drain;
  while (true) {
    DEPLOYCTL_TRY(const ProxyState state, port_->look());
    if (state.in_flight == 0) return {};
    if (ports_.clock.boot() >= end) {
      output.line(Stream::err, fmt::format("warning: '{}' had not answered everything after {}", old,
                                           format_duration(inputs_.proxy->drain)));
      return {};
    }
    const auto ended = engine.wait(old, between_looks, stop_);
    if (ended || ended.error().cause == Cause::not_found) return {}; // it has nobody left to answer
    if (ended.error().cause != Cause::timeout) return fail(ended.error());
  }
}

Status ServiceRouting::lead_nowhere() const {
  if (!port_) return {};
  return port_->lead_nowhere();
}

Status add_routing(Observation& seen, std::vector<std::string>& blocked, const ServiceRouting& routing,
                   const ServiceInputs& inputs, const ServiceState& state) {
  if (!routing.is_there()) return {};
  DEPLOYCTL_TRY(const ProxyState proxy, routing.look());
  blocked.insert(blocked.end(), proxy.blocked.begin(), proxy.blocked.end());
  seen.facts["proxy"] = routing.words();
  if (!proxy.noticed.empty()) seen.facts["switch_noticed"] = proxy.noticed;
  if (state.live && !proxy.leads_to(target_of(inputs, *state.live)))
    seen.managed["requests_to"] = told(proxy);
  return {};
}

} // namespace deployctl::providers::docker
