#include "os/signals.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace deployctl::os {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

} // namespace

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  // A fault of this thread itself would end the process without its handler.
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) sigdelset(&all, fault);
  pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

SignalWatch::SignalWatch(Callback callback, const std::vector<int>& signals)
    : callback_(std::move(callback)) {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int signal : signals)
    if (!is_ignored(signal)) sigaddset(&watched, signal);
  pthread_sigmask(SIG_BLOCK, &watched, &mask_before_);
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &ignore, &pipe_before_);
  signals_ = Descriptor(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals_.is_open()) throw std::system_error(errno, std::generic_category(), "signalfd");
  const SignalsBlocked inherited;
  thread_ = std::jthread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  end_.notify();
  thread_.join();
  ::sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

void SignalWatch::watch() const {
  while (true) {
    std::array<pollfd, 2> entries{pollfd{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = end_.descriptor(), .events = POLLIN, .revents = 0}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR) return;
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info))
      callback_(static_cast<int>(info.ssi_signo));
    if (entries[1].revents != 0) return;
  }
}

} // namespace deployctl::os
