// Ctrl-Z, so that the terminal is left in order before the process sleeps: `before` is called, the process
// stops, and when it is continued `after` is called. On a thread of its own. Create it before other threads.
#pragma once

#include <functional>

#include "os/signals.hpp"

namespace deployctl::os {

class Suspension {
public:
  Suspension(std::function<void()> before, std::function<void()> after);

private:
  SignalWatch watch_;
};

} // namespace deployctl::os
