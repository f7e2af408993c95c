// SIGINT, SIGTERM and SIGHUP as calls on an ordinary thread, SIGPIPE ignored, for the lifetime of one object.
// Create it in main before any other thread, because it blocks the signals for the threads that follow.
#pragma once

#include <functional>
#include <thread>

#include <csignal>

namespace deployctl::os {

class SignalWatch {
public:
  using Callback = std::function<void(int signal)>; // called on the watch's own thread, one signal at a time

  explicit SignalWatch(Callback callback);
  ~SignalWatch(); // restores the mask and the action of SIGPIPE
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

private:
  sigset_t before_{};
  struct sigaction pipe_before_ {};
  int signal_descriptor_ = -1;
  int wake_descriptor_ = -1;
  std::thread thread_;
};

} // namespace deployctl::os
