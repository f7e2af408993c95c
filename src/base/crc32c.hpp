// CRC-32C (Castagnoli, RFC 3720 appendix B.4) for journal frames: finds torn writes, not tampering.
#pragma once

#include <cstdint>
#include <string_view>

namespace deployctl {

// Pass the previous result to continue over another piece.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous = 0);

} // namespace deployctl
