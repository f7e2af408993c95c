#include "providers/docker/caddy_site.hpp"

#include <charconv>

#include "base/strings.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr int http_port = 80;
constexpr int https_port = 443;
constexpr int highest_port = 65'535;

} // namespace

int port_at_end(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return 0;
  const std::string_view digits = address.substr(colon + 1);
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
  return is_whole && port > 0 && port <= highest_port ? port : 0;
}

std::optional<CaddySite> parse_site(std::string_view text) {
  CaddySite site;
  if (const auto mark = text.find("://"); mark != std::string_view::npos) {
    site.has_tls = text.substr(0, mark) == "https";
    if (!site.has_tls && text.substr(0, mark) != "http") return std::nullopt;
    text.remove_prefix(mark + 3);
  }
  site.port = site.has_tls ? https_port : http_port;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    site.port = port_at_end(text);
    if (site.port == 0 || text.find(':', colon + 1) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, colon);
  }
  if (text.empty()) return std::nullopt;
  site.host = to_lower(text);
  return site;
}

} // namespace deployctl::providers::docker
