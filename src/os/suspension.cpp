#include "os/suspension.hpp"

#include <utility>

#include <unistd.h>

namespace deployctl::os {

Suspension::Suspension(std::function<void()> before, std::function<void()> after)
    : watch_(
          [before = std::move(before), after = std::move(after)](int) {
            before();
            ::kill(::getpid(), SIGSTOP);
            after();
          },
          {SIGTSTP}) {}

} // namespace deployctl::os
