// What an engine streams: frames are the same wherever they are cut, and progress of a pull ends whatever it
// holds.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "docker/log_lines.hpp"
#include "docker/log_stream.hpp"
#include "docker/pull_progress.hpp"

using namespace deployctl;
using namespace deployctl::docker;

namespace {

struct Heard {
  std::string out;
  std::string err;
  bool refused = false;
};

Heard hear(std::string_view bytes, std::size_t piece) {
  Heard heard;
  LogStream stream(
      [&](Stream from, std::string_view said) { (from == Stream::out ? heard.out : heard.err) += said; });
  while (!bytes.empty() && !heard.refused) {
    heard.refused = !stream.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return heard;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const Heard whole = hear(bytes, size + 1);
  const Heard cut = hear(bytes, 3);
  if (whole.refused != cut.refused || whole.out != cut.out || whole.err != cut.err) std::abort();
  if (whole.out.size() + whole.err.size() > size) std::abort();

  std::size_t told = 0;
  LogLines lines([&](Stream, std::string_view) { ++told; });
  for (int again = 0; again < 2; ++again) {
    lines.begin();
    if (lines.take(bytes)) lines.end();
  }
  if (told > 2 * size + 2) std::abort();

  PullProgress progress(nullptr);
  (void)progress.take(bytes);
  (void)progress.finish();
  return 0;
}
