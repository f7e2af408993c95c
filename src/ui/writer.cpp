#include "ui/writer.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace deployctl::ui {

void DescriptorWriter::write(std::string_view text) {
  while (!text.empty() && !broken_) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // The other end shares a non-blocking pipe with us.
      pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      broken_ = ::poll(&ready, 1, 5'000) <= 0;
    } else {
      broken_ = errno != EINTR;
    }
  }
}

} // namespace deployctl::ui
