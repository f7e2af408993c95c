// What a host says about a release and a file is another machine's text: any bytes become an observation, and
// one that can be written as canonical JSON.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.hpp"
#include "providers/file/put_inputs.hpp"
#include "providers/host/release_observation.hpp"
#include "providers/host/systemd_unit.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto release = deployctl::providers::host::read_release(text);
  static_cast<void>(deployctl::to_json(release.managed) + deployctl::to_json(release.facts));
  const auto file = deployctl::providers::file::read_observation(text);
  static_cast<void>(deployctl::to_json(file.managed) + deployctl::to_json(file.facts));
  const auto directives = deployctl::providers::host::directives_of(text);
  if (!deployctl::providers::host::unit_changes(std::string(text), std::string(text)).empty())
    __builtin_trap();
  static_cast<void>(directives);
  return 0;
}
