// Ends what a run leaves running when the run itself is killed: one small shell that waits for our end, which
// it sees as the end of a pipe. Then it removes the directory of the sockets, so that no master can come up
// any more, and ends the process groups it was told of.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <sys/types.h>

#include <deployctl/result.hpp>

#include "os/background_process.hpp"
#include "os/environment.hpp"

namespace deployctl::ssh {

class Caretaker {
public:
  static Result<std::unique_ptr<Caretaker>> start(const std::string& directory,
                                                  const os::Environment& environment);
  ~Caretaker(); // removes the directory and ends what is left
  Caretaker(const Caretaker&) = delete;
  Caretaker& operator=(const Caretaker&) = delete;

  void watch(pid_t group); // thread-safe, as is forget()
  void forget(pid_t group);

private:
  Caretaker(os::BackgroundProcess shell, os::Descriptor orders)
      : shell_(std::move(shell)), orders_(std::move(orders)) {}
  void order(char sign, pid_t group);

  std::mutex mutex_;
  os::BackgroundProcess shell_;
  os::Descriptor orders_;
};

} // namespace deployctl::ssh
