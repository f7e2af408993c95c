// Access tokens of Azure for one resource: by a client's secret, by federation with another identity, or by
// the identity that the machine is given. What is asked with them is above.
#pragma once

#include <optional>
#include <string>

#include "cloud/identity.hpp"
#include "cloud/token.hpp"
#include "cloud/written.hpp"

namespace deployctl::azure {

// A part of Azure with hosts of its own.
struct Region {
  std::string_view name;         // "public"
  std::string_view login;        // "https://login.microsoftonline.com"
  std::string_view vault_suffix; // "vault.azure.net"
};

struct Settings {
  const Region* region = nullptr;
  std::string tenant_id;
  std::string client_id;
  std::optional<Secret> client_secret;
  cloud::Identity identity; // federated
};

Settings read_settings(const cloud::Written& written);

// `resource`: "https://vault.azure.net".
Result<cloud::Token> access_token(const cloud::Parts& parts, const Settings& settings,
                                  const std::string& resource, const std::stop_token& stop);

} // namespace deployctl::azure
