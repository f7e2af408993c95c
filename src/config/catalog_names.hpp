// Actions and provider instances of the design that come in a later version: `uses: docker.service` is then
// "not in this version" instead of "unknown". Rows leave this table when their provider enters the catalog.
// Data only.
#pragma once

#include <span>
#include <string_view>

#include <deployctl/provider.hpp>

namespace deployctl::config {

struct LaterAction {
  std::string_view name;
  Kind kind = Kind::resource;
};

std::span<const LaterAction> later_actions();
const LaterAction* find_later_action(std::string_view name);

// Names under `providers:` without a built-in of this version: "aws", "registry", "vault".
std::span<const std::string_view> later_providers();

// "host" of "host.release".
std::string_view provider_of(std::string_view action);

} // namespace deployctl::config
