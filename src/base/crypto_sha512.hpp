// SHA-512 (FIPS 180-4) of a whole text; streams and keyed hashes are crypto.hpp, with SHA-256.
#pragma once

#include <string>
#include <string_view>

namespace deployctl {

std::string sha512(std::string_view bytes); // 64 raw bytes

} // namespace deployctl
