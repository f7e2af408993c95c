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

// An address of this link, where a machine's own cloud answers: in plain text by design.
bool is_link_local(const Url& url);

// Empty: connect directly, as to the metadata services of clouds.
std::string proxy_for(const Url& url, const Proxies& proxies);

} // namespace deployctl::net
