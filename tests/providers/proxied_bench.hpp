// A workbench for a service behind a proxy: an engine and a Caddy in memory, and a host whose kernel says
// what it is told to say.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "providers/container_bench.hpp"
#include "providers/strict_caddy.hpp"

namespace deployctl::tests {

// Answers every command with one text.
class TalkingHosts final : public Hosts {
public:
  explicit TalkingHosts(std::string text) : text_(std::move(text)) {}
  Result<HostResult> run(const Host&, const HostCommand&, std::stop_token) override {
    return HostResult{.out = text_};
  }
  Status transfer(const Host&, const HostTransfer&, std::stop_token) override {
    return fail(Cause::internal, "nothing is to be sent to this host");
  }

private:
  std::string text_;
};

inline Value::Map proxied_inputs(const std::string& admin, const std::string& version) {
  const Value site = Value::Map{{"site", "http://app.example.com:8080"}, {"admin", admin}};
  return Value::Map{{"image", StrictEngine::image},
                    {"name", "api"},
                    {"command", Value::List{"sleep"}},
                    {"env", Value::Map{{"VERSION", version}}},
                    {"network", "host"},
                    {"port", Value::List{8001, 8002}},
                    {"proxy", Value::Map{{"caddy", site}, {"drain", "0s"}}}};
}

class ProxiedBench final : public ContainerBench {
public:
  ProxiedBench() : ContainerBench("docker.service") { set_kernel("1\n"); }

  void set_kernel(const std::string& setting) { other_hosts = std::make_unique<TalkingHosts>(setting); }
  [[nodiscard]] Value::Map proxied(const std::string& version) const {
    return proxied_inputs(caddy.admin(), version);
  }

  StrictCaddy caddy;
};

} // namespace deployctl::tests
