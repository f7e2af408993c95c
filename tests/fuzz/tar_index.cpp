// Any bytes are a tar or refused; what is found in one lies within it, under a name that stays within it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "os/below.hpp"
#include "os/tar_index.hpp"

using namespace deployctl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto index =
      os::TarIndex::read(size, [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
        if (offset > size) std::abort();
        return bytes.copy(out.data(), out.size(), static_cast<std::size_t>(offset));
      });
  if (!index) return 0;
  for (const auto& [name, entry] : index->entries()) {
    if (!os::is_name_below(name)) std::abort();
    const auto found = index->find(name);
    if (found && (found->offset > size || found->size > size - found->offset)) std::abort();
  }
  return 0;
}
