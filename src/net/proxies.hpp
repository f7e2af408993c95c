// Which proxy a URL goes through, by the usual environment variables. Pure; loopback never goes through one.
#pragma once

#include <string>
#include <vector>

#include "net/url.hpp"
#include "os/environment.hpp"

namespace deployctl::net {

struct Proxies {
  std::string http; // URL of the proxy for http; empty: none
  std::string https;
  std::vector<std::string>
      none; // host names, with everything below them, and addresses; "*": no proxy at all
};

// http_proxy (only in lower case: a CGI request sets HTTP_PROXY), https_proxy HTTPS_PROXY, all_proxy
// ALL_PROXY, no_proxy NO_PROXY.
Proxies proxies_from(const os::Environment& environment);

// Empty: connect directly. The link-local metadata services of clouds are never asked through a proxy.
std::string proxy_for(const Url& url, const Proxies& proxies);

} // namespace deployctl::net
