// Any header is a list of challenges: bounded, with names in lower case.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/strings.hpp"
#include "registry/challenge.hpp"
#include "registry/fault.hpp"

using namespace deployctl::registry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)read_faults(text);
  const auto challenges = parse_challenges(text);
  if (challenges.size() > 16) std::abort();
  for (const Challenge& challenge : challenges) {
    if (challenge.scheme.empty() || challenge.scheme != deployctl::to_lower(challenge.scheme)) std::abort();
    for (const auto& [name, value] : challenge.parameters)
      if (name.empty() || value.size() > size) std::abort();
  }
  (void)preferred(challenges);
  return 0;
}
