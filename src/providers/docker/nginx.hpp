// nginx before a service: a file of ours with one upstream, which the user's own configuration includes and
// names, and a reload. The file is taken back when nginx refuses it, and a reload counts only when every
// worker that takes requests was started by it.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/operation.hpp>

#include "providers/docker/proxy.hpp"

namespace deployctl::providers::docker {

struct NginxInputs {
  std::string upstream;
  std::string file; // empty: conf.d/deployctl-UPSTREAM.conf of Debian's and nginx's own packages
  std::string config;
  std::string pid;
};

// The text of the file. `target` empty: who asks gets 502 instead of somebody else's answers.
std::string nginx_text(const std::string& owner, const std::string& upstream, const std::string& target);
// The target that a text of nginx_text() has; empty: none.
std::string nginx_target(std::string_view text);

struct NginxAnswer {
  bool has_file = false;
  std::string text;
  bool is_loaded = false; // the workers that take requests have read this text
  bool runs = false;
  std::int64_t quitting = 0; // workers that end what they have begun
};
NginxAnswer parse_nginx(std::string_view answer);

class Nginx final : public Proxy {
public:
  // `owner` stands in the file: "shop/production api".
  Nginx(NginxInputs inputs, std::string owner);

  [[nodiscard]] std::string words() const override;
  [[nodiscard]] ProxyCalls look() const override;
  [[nodiscard]] Result<ProxyState> read(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> toward(ProxyAnswers answers, const std::string& target) const override;
  [[nodiscard]] Result<ProxyCalls> without_old(ProxyAnswers answers) const override;
  [[nodiscard]] Result<ProxyCalls> nowhere(ProxyAnswers answers) const override;

private:
  [[nodiscard]] HostCommand write(const std::string& target) const;

  NginxInputs inputs_;
  std::string owner_;
};

std::vector<Operation> nginx_operations();

} // namespace deployctl::providers::docker
