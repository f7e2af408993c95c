// A child that runs beside us for as long as this object lives: a process group of its own, streams of the
// caller, its end readable as a descriptor. For children whose output is the result: os/child.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"
#include "os/environment.hpp"
#include "os/spawn.hpp"

namespace deployctl::os {

class BackgroundProcess {
public:
  static Result<BackgroundProcess> start(const std::vector<std::string>& argv, const Environment& environment,
                                         const SpawnStreams& streams);
  BackgroundProcess(BackgroundProcess&& other) noexcept;
  BackgroundProcess& operator=(BackgroundProcess&& other) noexcept;
  ~BackgroundProcess(); // SIGKILL to whatever is left of the group

  [[nodiscard]] pid_t pid() const {
    return pid_;
  } // of the group, too; not given anew while this object lives
  // Readable from the end on; -1 on kernels before 5.3.
  [[nodiscard]] int end_descriptor() const { return end_.get(); }
  // Nothing while it runs; 128 + n when ended by signal n.
  std::optional<int> exit_code();
  void signal(int number) const; // to the whole group

private:
  BackgroundProcess(pid_t pid, Descriptor end) : pid_(pid), end_(std::move(end)) {}

  pid_t pid_ = -1;
  Descriptor end_;
  std::optional<int> exit_code_;
};

// /dev/null, to be given as a stream.
Result<Descriptor> open_null();

} // namespace deployctl::os
