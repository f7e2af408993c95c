// Every measure that is read has one canonical text, which reads as the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <deployctl/units.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto duration = deployctl::parse_duration(text)) {
    const auto again = deployctl::parse_duration(deployctl::format_duration(*duration));
    if (duration->count() < 0 || !again || *again != *duration) std::abort();
  }
  if (const auto bytes = deployctl::parse_size(text)) {
    const auto again = deployctl::parse_size(deployctl::format_size(*bytes));
    if (!again || *again != *bytes) std::abort();
  }
  if (const auto amount = deployctl::parse_amount(text)) {
    const auto again = deployctl::parse_amount(deployctl::format_amount(*amount));
    if (!again || !(*again == *amount)) std::abort();
  }
  const auto percent = deployctl::parse_percent(text);
  if (percent && (*percent < 0 || *percent > 100)) std::abort();
  return 0;
}
