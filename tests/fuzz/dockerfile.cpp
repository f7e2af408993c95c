// Whatever the text: places lie inside of it and in order, and every part can be asked for.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "formats/dockerfile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = deployctl::formats::parse_dockerfile({reinterpret_cast<const char*>(data), size});
  if (!file) return 0;
  std::size_t behind = 0;
  for (const auto& instruction : file->instructions) {
    if (instruction.begin < behind || instruction.end > size || instruction.begin > instruction.end)
      std::abort();
    behind = instruction.end;
    for (const auto& word : instruction.words())
      if (word.begin > word.end || word.end > size) std::abort();
    for (const auto& each : deployctl::formats::assignments_of(instruction))
      if (each.end > size) std::abort();
    for (const auto& heredoc : instruction.heredocs)
      if (heredoc.begin > heredoc.end || heredoc.end > size) std::abort();
  }
  for (const auto& stage : file->stages)
    if (stage.from >= stage.end || stage.end > file->instructions.size()) std::abort();
  return 0;
}
