#include "ssh/session_input.hpp"

#include <cerrno>
#include <utility>

#include <unistd.h>

namespace deployctl::ssh {

SessionInput::SessionInput(os::Descriptor& write, std::vector<std::string_view> texts, ByteSource source)
    : write_(write), texts_(std::move(texts)), source_(std::move(source)) {}

Status SessionInput::next_piece() {
  DEPLOYCTL_TRY(piece_, source_());
  if (piece_.empty()) write_.close();
  return {};
}

Status SessionInput::write_available() {
  // Bounded, so that a fast taker cannot keep us from reading what it says.
  for (int round = 0; round < 64 && is_pending(); ++round) {
    std::string_view& now = sent_texts() ? piece_ : texts_[text_];
    if (now.empty()) {
      if (!sent_texts())
        ++text_;
      else
        DEPLOYCTL_CHECK(next_piece());
      continue;
    }
    const ssize_t sent = ::write(write_.get(), now.data(), now.size());
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (sent < 0) { // nobody reads any more: what it was is told by the end of the session
      write_.close();
      return {};
    }
    now.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

} // namespace deployctl::ssh
