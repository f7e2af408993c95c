// Signals as calls on an ordinary thread, SIGPIPE ignored, for the lifetime of one object. Create it in main
// before any other thread that takes signals, because it blocks them for the threads that follow; its own
// takes none.
#pragma once

#include <functional>
#include <thread>
#include <vector>

#include <csignal>

#include "os/descriptor.hpp"
#include "os/wake.hpp"

namespace deployctl::os {

// While it lives, no signal interrupts this thread, nor those that it starts.
class SignalsBlocked {
public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
  sigset_t before_{};
};

class SignalWatch {
public:
  using Callback = std::function<void(int signal)>; // called on the watch's own thread, one signal at a time

  // A signal that was ignored when we started (nohup, background jobs of a script) stays ignored.
  explicit SignalWatch(Callback callback, const std::vector<int>& signals = {SIGINT, SIGTERM, SIGHUP});
  ~SignalWatch(); // restores the mask and the action of SIGPIPE
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

private:
  void watch() const;

  Callback callback_;
  sigset_t mask_before_{};
  struct sigaction pipe_before_ {};
  Descriptor signals_;
  Wake end_;
  std::jthread thread_;
};

} // namespace deployctl::os
