// What Caddy takes for a site, as it stands in a Caddyfile, and the addresses on which its servers listen.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace deployctl::providers::docker {

struct CaddySite {
  std::string host;
  int port = 0;
  bool has_tls = true;
};
std::optional<CaddySite> parse_site(std::string_view text);

// Of ":8080" or "127.0.0.1:8080"; 0: there is none.
int port_at_end(std::string_view address);

} // namespace deployctl::providers::docker
