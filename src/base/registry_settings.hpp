// How image registries are reached, as `providers: registry.NAME` says it, one entry a host: one table for
// the language, its documentation and the actions on images. Data only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <deployctl/input.hpp>

namespace deployctl {

inline constexpr std::string_view registry_provider = "registry"; // its instances under `providers:`
inline constexpr std::string_view image_family = "image";         // the actions that are told of all of them
inline constexpr std::string_view told_registries = "registries"; // under this key of their settings

struct RegistrySettings {
  std::string host;
  std::optional<bool> plain_http;
  std::string ca;
  std::string user;
  std::optional<Text> password;
};

const Table<RegistrySettings>& registry_settings();

} // namespace deployctl
