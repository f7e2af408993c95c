// What is sent to a remote command: known texts in order, then perhaps a stream of unknown length. For
// leash.cpp.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include <poll.h>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::ssh {

// The next piece, valid until the next call; empty at the end.
using ByteSource = std::function<Result<std::string_view>()>;

// The descriptor does not block. SIGPIPE must be ignored (os/signals.hpp): a command may end before it took
// everything.
class SessionInput {
public:
  // The texts stay the caller's. With a source the input is closed behind its last piece.
  SessionInput(os::Descriptor& write, std::vector<std::string_view> texts, ByteSource source);

  // As much as goes without waiting. An error is the source's.
  Status write_available();
  void close() { write_.close(); }

  [[nodiscard]] bool sent_texts() const { return text_ == texts_.size(); }
  // Not waited for when there is nothing to send: an open input is what keeps the command running.
  [[nodiscard]] pollfd poll_entry() const {
    return {.fd = is_pending() ? write_.get() : -1, .events = POLLOUT, .revents = 0};
  }

private:
  [[nodiscard]] bool is_pending() const { return write_.is_open() && (!sent_texts() || source_); }
  Status next_piece();

  os::Descriptor& write_;
  std::vector<std::string_view> texts_;
  std::size_t text_ = 0; // the one being sent
  ByteSource source_;
  std::string_view piece_; // of the source
};

} // namespace deployctl::ssh
