// Numbers of bytes for people, rounded: never read back. For exact sizes see units.hpp.
#pragma once

#include <cstdint>
#include <string>

namespace deployctl {

std::string bytes_text(std::uint64_t bytes);                           // "512 B", "12.3 MiB"
std::string bytes_share_text(std::uint64_t done, std::uint64_t total); // "12.3 of 40.0 MiB"

} // namespace deployctl
