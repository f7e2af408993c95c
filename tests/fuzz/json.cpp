// Whatever parses must come back the same from its canonical text, in both modes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"

namespace {

void round_trip(std::string_view text, deployctl::JsonMode mode) {
  const auto value = deployctl::parse_json(text, mode);
  if (!value) return;
  const std::string canonical = deployctl::to_json(*value, mode);
  const auto again = deployctl::parse_json(canonical, mode);
  if (!again || !(*again == *value) || deployctl::to_json(*again, mode) != canonical) std::abort();
  const auto pretty = deployctl::parse_json(deployctl::to_pretty_json(*value, mode), mode);
  if (!pretty || !(*pretty == *value)) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip(text, deployctl::JsonMode::plain);
  round_trip(text, deployctl::JsonMode::contract);
  return 0;
}
