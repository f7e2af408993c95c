// SIGINT, SIGTERM and SIGHUP as calls on an ordinary thread, SIGPIPE ignored, for the lifetime of one object.
// Create it in main before any other thread, because it blocks the signals for the threads that follow.
#pragma once

#include <functional>
#include <thread>

#include <csignal>

#include "os/descriptor.hpp"
#include "os/wake.hpp"

namespace deployctl::os {

class SignalWatch {
public:
  using Callback = std::function<void(int signal)>; // called on the watch's own thread, one signal at a time

  // A signal that was ignored when we started (nohup, background jobs of a script) stays ignored.
  explicit SignalWatch(Callback callback);
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
