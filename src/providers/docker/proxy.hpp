// A proxy before a service, as values: what it is asked, what its answers mean, and which calls lead requests
// another way. Pure, one class a proxy; who sends the calls and in which order is proxy_port.hpp. It knows
// targets ("127.0.0.1:8000"), not containers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <deployctl/ports/hosts.hpp>
#include <deployctl/ports/http.hpp>
#include <deployctl/result.hpp>

namespace deployctl::providers::docker {

using ProxyCall = std::variant<HttpRequest, HostCommand>;
using ProxyCalls = std::vector<ProxyCall>;

struct ProxyAnswer {
  int status = 200; // of HTTP; a command's answer is there only when it ended well
  std::string text;
  std::string tag; // the ETag of an answer over HTTP
};
using ProxyAnswers = std::span<const ProxyAnswer>;

struct ProxyState {
  std::vector<std::string> targets; // that get new requests
  std::int64_t in_flight = 0;       // what targets that get none any more have still to answer
  bool is_loaded = true;            // the proxy runs by what is written for it
  std::vector<std::string> blocked; // why it cannot be led anywhere
  std::string noticed;              // what those who ask may notice of a switch; empty: nothing
  [[nodiscard]] bool leads_to(const std::string& target) const;
};

// Every function that takes answers takes those to look(), in order.
class Proxy {
public:
  virtual ~Proxy() = default;
  [[nodiscard]] virtual std::string words() const = 0; // "Caddy's site 'app.example.com'"
  [[nodiscard]] virtual ProxyCalls look() const = 0;
  [[nodiscard]] virtual Result<ProxyState> read(ProxyAnswers answers) const = 0;
  // The next calls on the way to `target` from whatever state it is in: a call that was made twice, or an
  // order that broke off anywhere, does no harm. Old targets keep what they have begun.
  [[nodiscard]] virtual Result<ProxyCalls> toward(ProxyAnswers answers, const std::string& target) const = 0;
  // Old targets are no longer known to it, or take no part any more.
  [[nodiscard]] virtual Result<ProxyCalls> without_old(ProxyAnswers answers) const = 0;
  // Nobody gets requests.
  [[nodiscard]] virtual Result<ProxyCalls> nowhere(ProxyAnswers answers) const = 0;
};

} // namespace deployctl::providers::docker
