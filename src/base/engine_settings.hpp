// How container engines are reached, as `providers: docker` says it, and what the actions on containers are
// told besides. Data only.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/input.hpp>

namespace deployctl {

inline constexpr std::string_view engine_family = "docker"; // the actions on containers
// They mark what they make with the stack it belongs to; under this key of their settings.
inline constexpr std::string_view told_stack = "stack";

struct EngineSettings {
  std::string socket;
};

const Table<EngineSettings>& engine_settings();

} // namespace deployctl
