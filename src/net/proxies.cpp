#include "net/proxies.hpp"

#include <algorithm>
#include <initializer_list>

#include "base/strings.hpp"
#include "base/variables.hpp"

namespace deployctl::net {
namespace {

std::string first_of(const os::Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const std::string* found = find_variable(environment, name)) return *found;
  return {};
}

bool covers(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  if (const auto colon = entry.rfind(':'); colon != std::string_view::npos && entry.find(':') == colon) {
    if (entry.substr(colon + 1) != std::to_string(url.effective_port())) return false;
    entry = entry.substr(0, colon);
  }
  while (entry.starts_with('.')) entry.remove_prefix(1);
  if (entry.empty()) return false;
  if (equal_ignoring_case(url.host, entry)) return true;
  const std::string_view host = url.host;
  return host.size() > entry.size() && host[host.size() - entry.size() - 1] == '.' &&
         equal_ignoring_case(host.substr(host.size() - entry.size()), entry);
}

} // namespace

Proxies proxies_from(const os::Environment& environment) {
  Proxies proxies;
  const std::string all = first_of(environment, {"all_proxy", "ALL_PROXY"});
  proxies.http = first_of(environment, {"http_proxy"});
  proxies.https = first_of(environment, {"https_proxy", "HTTPS_PROXY"});
  if (proxies.http.empty()) proxies.http = all;
  if (proxies.https.empty()) proxies.https = all;
  const std::string none = first_of(environment, {"no_proxy", "NO_PROXY"});
  for (const std::string_view entry : split(none, ','))
    if (const auto name = trim(entry); !name.empty()) proxies.none.emplace_back(name);
  return proxies;
}

bool is_link_local(const Url& url) {
  const bool address4 = url.host.find_first_not_of("0123456789.") == std::string::npos;
  return (address4 && url.host.starts_with("169.254.")) || url.host.starts_with("fd00:ec2::");
}

std::string proxy_for(const Url& url, const Proxies& proxies) {
  if (url.is_loopback() || is_link_local(url) || url.host == "metadata.google.internal") return {};
  if (std::ranges::any_of(proxies.none, [&](const std::string& entry) { return covers(entry, url); }))
    return {};
  return url.scheme == "https" ? proxies.https : proxies.http;
}

} // namespace deployctl::net
