// Whatever the text: findings lie inside of it, in order, apart from each other, and what is struck out keeps
// its places.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "policy/lint/secrets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using deployctl::policy::lint::SecretScanner;
  static auto scanner = SecretScanner::compile();
  if (!scanner) std::abort();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto found = scanner->scan(text);
  std::size_t behind = 0;
  for (const auto& secret : found) {
    if (secret.begin < behind || secret.begin >= secret.end || secret.end > size) std::abort();
    behind = secret.end;
  }
  if (struck_out(text, found).size() != size) std::abort();
  return 0;
}
