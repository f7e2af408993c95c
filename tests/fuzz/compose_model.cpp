// What a host's Compose and engine say is another machine's text: any bytes become a model or an error and an
// observation, and a model survives being carried as a value.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/json.hpp"
#include "providers/compose/looking.hpp"
#include "providers/compose/model.hpp"
#include "providers/compose/observation.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace deployctl::providers::compose;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = read_model(text, {.project = "shop", .place = "/tmp/a/project", .profiles = {"a"}});
  if (model && model_from(model_value(*model)) != *model) __builtin_trap();
  const auto seen = observation_of(read_project(text));
  static_cast<void>(deployctl::to_json(seen.managed) + deployctl::to_json(seen.facts));
  static_cast<void>(read_look(text));
  return 0;
}
