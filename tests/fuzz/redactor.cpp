// Whatever the text and however it is cut: the same output as in one piece, and no secret in it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/redactor.hpp"

namespace {

constexpr std::string_view first = "hunter22";
constexpr std::string_view second = "ab\ncd-ef \"gh\" hunter";
constexpr std::string_view third = "n1n2"; // only on boundaries

const deployctl::RedactionSet& secrets() {
  static deployctl::RedactionSet set;
  static const bool filled = [] {
    for (const std::string_view value : {first, second, third})
      set.add(deployctl::Secret::reference("s").resolved_with(value));
    return true;
  }();
  (void)filled;
  return set;
}

} // namespace

// The first byte seeds the cuts, the rest is the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  deployctl::Redactor redactor(secrets());
  std::string out;
  unsigned step = data[0];
  for (std::size_t at = 0; at < text.size();) {
    step = step * 75 + 74;
    const std::size_t length = 1 + step / 16 % 9;
    out += redactor.feed(text.substr(at, length));
    at += length;
  }
  out += redactor.finish();
  if (out != secrets().redact(text)) std::abort();
  if (out.find(first) != std::string::npos || out.find(second) != std::string::npos) std::abort();
  return 0;
}
