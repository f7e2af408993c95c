// How image registries are reached, as `providers: registry.NAME` says it, one entry a host: one table for
// the language, its documentation and the actions on images. Data only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <deployctl/input.hpp>

namespace deployctl {

inline constexpr std::string_view registry_provider = "registry"; // its instances under `providers:`
inline constexpr std::string_view told_registries = "registries"; // under this key of a connection's settings
// Whether the actions of that family ("image" of "image.push") are told of all of them: a registry is found
// by its host, not by a name in the step.
constexpr bool asks_registries(std::string_view family) {
  return family == "image" || family == "docker";
}

struct RegistrySettings {
  std::string host;
  std::optional<bool> plain_http;
  std::string ca;
  std::string user;
  std::optional<Text> password;
};

const Table<RegistrySettings>& registry_settings();

} // namespace deployctl
