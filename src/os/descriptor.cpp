#include "os/descriptor.hpp"

#include <unistd.h>

namespace deployctl::os {

void Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

} // namespace deployctl::os
