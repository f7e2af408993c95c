// Any bytes are a reference to an image or refused; what was read means itself when it is written out again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "registry/reference.hpp"

using namespace deployctl::registry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_host(text);
  const auto once = parse_reference(text);
  if (!once) return 0;
  const auto twice = parse_reference(once->text());
  if (!twice || *twice != *once) std::abort();
  return 0;
}
