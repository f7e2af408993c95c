#include "ssh/client_settings.hpp"

namespace deployctl::ssh {
namespace {

std::string placed(const std::string& path, const Places& places) {
  if (path.empty() || path.starts_with('/')) return path;
  if (path.starts_with("~/") && !places.home.empty()) return places.home + path.substr(1);
  return places.folder + "/" + path;
}

} // namespace

Client client_from(const SshSettings& settings, const Places& places) {
  Client client{.config_file = placed(settings.config, places),
                .connect_timeout = settings.connect_timeout,
                .keepalive = settings.keepalive,
                .new_hosts = settings.new_hosts == "accept" ? NewHosts::accept : NewHosts::refuse,
                .multiplexing = settings.multiplexing};
  // The first value counts, so what has a key of its own stands before the user's options.
  if (!settings.identity.empty()) {
    client.options.push_back("IdentityFile=\"" + placed(settings.identity, places) + "\"");
    client.options.emplace_back("IdentitiesOnly=yes");
  }
  client.options.insert(client.options.end(), settings.options.begin(), settings.options.end());
  return client;
}

} // namespace deployctl::ssh
