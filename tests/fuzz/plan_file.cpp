// A plan file that is accepted is exactly the text its plan is written as. The content's own parser is fuzzed
// behind the digest too: a mutated file hardly ever has the right one.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.hpp"
#include "plan/plan.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto plan = deployctl::plan::from_file(text); plan && deployctl::plan::to_file(*plan) != text)
    std::abort();
  const auto value = deployctl::parse_json(text, deployctl::JsonMode::contract);
  if (!value) return 0;
  const auto plan = deployctl::plan::from_value(*value);
  if (!plan) return 0;
  const auto again = deployctl::plan::from_file(deployctl::plan::to_file(*plan));
  const bool own_digest = plan->envelope.digest == deployctl::plan::content_digest(plan->content);
  if (again.has_value() != own_digest) std::abort();
  return 0;
}
