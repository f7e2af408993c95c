// One output of a remote command: what a login shell says before the command begins is kept apart, what the
// command says is kept for the result and passed on line by line. For leash.cpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <poll.h>

#include <deployctl/ports/sinks.hpp>

#include "base/sanitize.hpp"
#include "os/capture.hpp"
#include "os/descriptor.hpp"

namespace deployctl::ssh {

class SessionOutput {
public:
  // `mark` is the line that the command's own output begins behind. The descriptor does not block.
  SessionOutput(os::Descriptor& read, std::string_view mark, Stream stream, std::size_t limit,
                LineSink* sink);

  bool read_available(); // whether there was anything
  std::string finish();  // the last line too; what is kept of the command's own output

  [[nodiscard]] bool began() const { return began_; }
  [[nodiscard]] const std::string& before() const { return before_; }
  [[nodiscard]] bool is_open() const { return read_.is_open(); }
  [[nodiscard]] pollfd poll_entry() const { return {.fd = read_.get(), .events = POLLIN, .revents = 0}; }

private:
  void take(std::string_view bytes);

  os::Descriptor& read_;
  std::string mark_;
  std::string before_; // the last of it, when it is long
  bool began_ = false;
  os::Capture capture_;
  LineSplitter lines_;
};

} // namespace deployctl::ssh
