#include "ssh/session_output.hpp"

#include <array>
#include <cerrno>

#include <unistd.h>

namespace deployctl::ssh {

SessionOutput::SessionOutput(os::Descriptor& read, std::string_view mark, Stream stream, std::size_t limit,
                             LineSink* sink)
    : read_(read), mark_(std::string(mark) + "\n"), capture_(limit),
      lines_([stream, sink](std::string_view line) {
        if (sink) sink->line(stream, line);
      }) {}

bool SessionOutput::read_available() {
  std::array<char, 16U << 10>
      buffer; // NOLINT: filled by read; as many stand on stacks as hosts are talked to
  bool was_any = false;
  // Bounded, so that a command that never stops writing cannot keep us from looking at the clock.
  for (int round = 0; round < 64 && read_.is_open(); ++round) {
    const ssize_t got = ::read(read_.get(), buffer.data(), buffer.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got <= 0) {
      read_.close();
      break;
    }
    was_any = true;
    take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
  return was_any;
}

void SessionOutput::take(std::string_view bytes) {
  constexpr std::size_t longest_before = 16U << 10;
  if (began_) {
    capture_.add(bytes);
    lines_.feed(bytes);
    return;
  }
  before_ += bytes;
  if (const auto at = before_.find(mark_); at != std::string::npos) {
    began_ = true;
    const std::size_t own = before_.size() - at - mark_.size(); // the mark ends in these bytes
    before_.resize(at);
    before_.shrink_to_fit();
    return take(bytes.substr(bytes.size() - own));
  }
  if (before_.size() > longest_before) before_.erase(0, before_.size() - longest_before);
}

std::string SessionOutput::finish() {
  lines_.finish();
  return capture_.text();
}

} // namespace deployctl::ssh
