// Any bytes give records or an error, never more than was written; what is read as whole can be written
// again. Inputs that begin with 'J' are taken as records behind a good header, so that the fuzzer gets past
// it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "state/journal_frame.hpp"

using namespace deployctl::state;

namespace {

void check(std::string_view bytes) {
  const auto content = decode_journal(bytes);
  if (!content) return;
  if (content->end > bytes.size()) std::abort();
  if (content->torn && content->torn->offset != content->end) std::abort();
  const auto again = decode_journal(bytes.substr(0, content->end));
  if (!again || again->torn || again->records.size() != content->records.size() ||
      again->chain != content->chain)
    std::abort();
  Chain chain = content->chain;
  auto longer = std::string(bytes.substr(0, content->end));
  const auto frames = encode_frames({{RecordType::signal, deployctl::Value::Map{{"name", "TERM"}}}}, chain);
  if (!frames) std::abort();
  const auto extended = decode_journal(longer + *frames);
  if (!extended || extended->records.size() != content->records.size() + 1) std::abort();
}

// Frames with right checksums around the pieces between line ends.
std::string framed(std::string_view text) {
  Chain chain{};
  std::string bytes = journal_start({.run = "r", .stack = "a/b"}, chain);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) bytes += encode_frame(static_cast<std::uint8_t>(line.front()), line.substr(1), chain);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check(bytes);
  Chain chain{};
  if (bytes.starts_with('J'))
    check(journal_start({.run = "r", .stack = "a/b"}, chain) + std::string(bytes.substr(1)));
  if (bytes.starts_with('F')) check(framed(bytes.substr(1)));
  return 0;
}
