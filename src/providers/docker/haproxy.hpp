// HAProxy before a service: two servers of a backend that take turns, set over the runtime API. The new one
// is made to lead to the new container and takes requests before the old one stops taking new ones, and what
// the old one has begun it ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/operation.hpp>

#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

struct HaproxyInputs {
  std::string backend;
  std::string socket;
  std::vector<std::string> servers;
  std::string state_file; // empty: none
};

struct HaproxyServer {
  std::string name;
  std::string address; // "127.0.0.1:8000"
  bool takes_new = false;
  bool is_in_maintenance = false;
  std::int64_t busy = 0; // sessions it has, and those that wait for it

  friend bool operator==(const HaproxyServer&, const HaproxyServer&) = default;
};

// The answer to "show servers state" and "show stat" of one backend, in the order of the first.
// Cause::network for what is no such answer.
Result<std::vector<HaproxyServer>> parse_haproxy(std::string_view answer);

class Haproxy final : public Proxy {
public:
  explicit Haproxy(HaproxyInputs inputs) : inputs_(std::move(inputs)) {}

  [[nodiscard]] std::string words() const override;
  [[nodiscard]] ProxyCalls look() const override;
  [[nodiscard]] Result<ProxyState> read(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> toward(ProxyAnswers answers, const std::string& target) const override;
  [[nodiscard]] Result<ProxyCalls> without_old(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> nowhere(ProxyAnswers answers) const override;

private:
  [[nodiscard]] Result<std::vector<HaproxyServer>> ours(ProxyAnswers answers) const;
  [[nodiscard]] HostCommand command(const char* operation, const std::string& script,
                                    const std::vector<std::string>& more) const;
  [[nodiscard]] HostCommand open(const std::string& server, const std::string& target) const;
  [[nodiscard]] HostCommand close(const std::string& server, const char* state) const;
  void add_saving(ProxyCalls& calls) const;

  HaproxyInputs inputs_;
};

std::vector<Operation> haproxy_operations();

} // namespace deployctl::providers::docker
