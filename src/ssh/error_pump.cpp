#include "ssh/error_pump.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "os/bounded_wait.hpp"

namespace deployctl::ssh {
namespace {

// The reader may close its end at any time; writing then is an error, not a signal.
void block_pipe_signal() {
  sigset_t pipe_signal;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
}

void make_non_blocking(int descriptor) {
  (void)::fcntl(descriptor, F_SETFL, O_NONBLOCK); // cannot fail on a pipe
}

} // namespace

ErrorPump::ErrorPump(const Clock& clock, os::Descriptor from, os::Descriptor to, std::string marker)
    : clock_(clock), from_(std::move(from)), to_(std::move(to)), filter_(std::move(marker)) {
  make_non_blocking(from_.get());
  make_non_blocking(to_.get());
  thread_ = std::jthread([this](const std::stop_token& stop) {
    block_pipe_signal();
    carry(stop);
    to_.close();
    ended_.notify();
  });
}

bool ErrorPump::has_begun() {
  const std::scoped_lock lock(mutex_);
  return filter_.has_begun();
}

std::optional<int> ErrorPump::exit_code() {
  const std::scoped_lock lock(mutex_);
  return filter_.exit_code();
}

void ErrorPump::carry(const std::stop_token& stop) {
  os::BoundedWait wait(clock_, std::nullopt, stop, "what a command writes");
  std::array<char, 65'536> bytes; // NOLINT: filled by read
  while (wait.readable(from_.get())) {
    const ssize_t got = ::read(from_.get(), bytes.data(), bytes.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    std::string passed;
    {
      const std::scoped_lock lock(mutex_);
      passed = got > 0 ? filter_.feed({bytes.data(), static_cast<std::size_t>(got)}) : filter_.finish();
      if (filter_.has_begun()) begun_.notify();
    }
    if (!pass_on(passed, stop) || got <= 0) return;
  }
}

// False after a stop. Bytes that nobody reads any more are dropped: the marks behind them still count.
bool ErrorPump::pass_on(std::string_view bytes, const std::stop_token& stop) {
  os::BoundedWait wait(clock_, std::nullopt, stop, "a reader of what a command writes");
  while (!bytes.empty()) {
    const ssize_t written = ::write(to_.get(), bytes.data(), bytes.size());
    if (written > 0)
      bytes.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      return true;
    else if (errno == EAGAIN && !wait.writable(to_.get()))
      return false;
  }
  return true;
}

} // namespace deployctl::ssh
