// What a host says about the files it has is another machine's text: any bytes become an answer.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ssh/transfer_answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = deployctl::ssh::read_transfer_answer({reinterpret_cast<const char*>(data), size});
  for (const auto& [name, standing] : answer.standing)
    static_cast<void>(deployctl::ssh::stands_already(answer, {.name = name, .sha256 = standing.sha256}));
  return 0;
}
