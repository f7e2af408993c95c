// Puts bytes under a name that depends on their content, below one root: complete and durable, or not at all.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct Stored {
  std::string sha256; // hex
  std::uint64_t size = 0;
};

// Where, relative to the root, the bytes with this SHA-256 belong; folders on the way are made.
using PlaceOf = std::function<std::string(const std::string& sha256)>;

// Reads `from` once, hashing while it copies. What has the name already is replaced by the same bytes.
Result<Stored> store_file(const std::string& from, const std::string& root, const PlaceOf& place_of);
Status store_bytes(std::string_view bytes, const std::string& root, const std::string& place);

} // namespace deployctl::os
