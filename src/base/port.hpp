// A port number as text. Which port is meant when none is given is the caller's to know.
#pragma once

#include <optional>
#include <string_view>

namespace deployctl {

inline constexpr int last_port = 65'535;

// Digits alone, 1 to 65535.
std::optional<int> parse_port(std::string_view text);

} // namespace deployctl
