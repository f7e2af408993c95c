// Waiting for descriptors, but neither for ever nor behind a stop. One object covers one undertaking with all
// its waits: the limit counts from its construction. For the sources of os and ssh.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include <poll.h>

#include <deployctl/ports/clock.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

#include "os/wake.hpp"

namespace deployctl::os {

class BoundedWait {
public:
  // `subject` completes "timed out after 10 s waiting for ...". Without a limit only the stop ends a wait.
  BoundedWait(const Clock& clock, std::optional<Milliseconds> limit, std::stop_token stop,
              std::string subject);

  // Fills `revents` of what became ready. Error: timeout or cancelled.
  Status any_of(std::span<pollfd> entries);
  Status readable(int descriptor) { return ready(descriptor, POLLIN); }
  Status writable(int descriptor) { return ready(descriptor, POLLOUT); }
  // Lets time pass, or until `descriptor` is readable if that is earlier. Error only cancelled or timeout.
  Status pause(Milliseconds duration, int descriptor = -1);

private:
  Status ready(int descriptor, short events);
  Status wait(std::span<pollfd> entries, std::optional<std::chrono::nanoseconds> pause_end);

  const Clock& clock_;
  std::optional<Milliseconds> limit_;
  std::optional<std::chrono::nanoseconds> deadline_;
  std::string subject_;
  Wake wake_;
  std::stop_token stop_;
  std::stop_callback<std::function<void()>> callback_;
};

} // namespace deployctl::os
