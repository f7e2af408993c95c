// A packet that is accepted is written back as bytes that are read as the same message; a stream of packets
// ends whatever it holds.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ssh/mux_codec.hpp"

using namespace deployctl::ssh;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mux::PacketReader reader;
  reader.feed(std::string_view(reinterpret_cast<const char*>(data), size));
  for (auto packet = reader.next(); packet && *packet; packet = reader.next()) {
    const auto message = mux::decode(**packet);
    if (!message) continue;
    const auto again = mux::decode(mux::encode(*message).substr(4));
    if (!again || *again != *message) std::abort();
  }
  return 0;
}
