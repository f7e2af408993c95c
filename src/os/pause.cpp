#include "os/pause.hpp"

#include <condition_variable>
#include <mutex>

namespace deployctl::os {

bool pause(Milliseconds span, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock guard(mutex);
  (void)stopped.wait_for(guard, stop, span, [] { return false; });
  return !stop.stop_requested();
}

} // namespace deployctl::os
