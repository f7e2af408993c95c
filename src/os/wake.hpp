// Ends another thread's poll(): an event descriptor that is readable from the first notify() on. For the
// sources of os.
#pragma once

#include "os/descriptor.hpp"

namespace deployctl::os {

class Wake {
public:
  Wake();        // throws std::system_error without descriptors: nothing could be waited for
  void notify(); // thread-safe
  [[nodiscard]] int descriptor() const { return event_.get(); }

private:
  Descriptor event_;
};

} // namespace deployctl::os
