// Caddy before a service: a route of ours in its configuration, changed over its admin API. The route is
// found by its "@id"; every other route is somebody else's and is left alone. Its handler takes the first
// upstream that is listed, so that an old one behind it gets nothing new and Caddy still counts what it has
// to answer.
#pragma once

#include <string>
#include <vector>

#include <deployctl/operation.hpp>
#include <deployctl/value.hpp>

#include "providers/docker/caddy_site.hpp"
#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

struct CaddyInputs {
  std::string site;  // "app.example.com", "http://app.example.com:8080"
  std::string admin; // "http://localhost:2019"
};

class Caddy final : public Proxy {
public:
  // `id` is the route's: letters, digits, '.', '_' and '-'; its part before the last '.' is the same for all
  // that deployctl makes for one stack.
  Caddy(CaddyInputs inputs, std::string id);

  [[nodiscard]] std::string words() const override;
  [[nodiscard]] ProxyCalls look() const override;
  [[nodiscard]] Result<ProxyState> read(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> toward(ProxyAnswers answers, const std::string& target) const override;
  [[nodiscard]] Result<ProxyCalls> without_old(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> nowhere(ProxyAnswers answers) const override;

private:
  struct Found;
  [[nodiscard]] Result<Found> find(ProxyAnswers answers) const;
  [[nodiscard]] Value route(const std::vector<std::string>& upstreams) const;
  [[nodiscard]] std::string own_server() const;
  [[nodiscard]] HttpRequest request(const char* operation, const char* method, const std::string& path,
                                    const Value& body, const std::string& tag) const;
  [[nodiscard]] ProxyCall addition(const Found& found, const Value& added) const;

  CaddyInputs inputs_;
  std::string id_;
  CaddySite site_;
};

std::vector<Operation> caddy_operations();

} // namespace deployctl::providers::docker
