// The file of approvals: bytes from anyone. What is read is written and read again the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "policy/approvals_file.hpp"

using namespace deployctl::policy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = read_approvals({reinterpret_cast<const char*>(data), size});
  if (!read) return 0;
  const auto again = read_approvals(write_approvals(*read));
  if (!again || *again != *read) std::abort();
  for (const SignedStatement& each : *read)
    if (message_of(each.statement).empty()) std::abort();
  return 0;
}
