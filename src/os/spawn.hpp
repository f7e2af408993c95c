// Starts a child with three given streams and nothing else of this process. For child.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <deployctl/result.hpp>

#include "os/child.hpp"
#include "os/descriptor.hpp"

namespace deployctl::os {

// Reading and writing end; neither passes an exec.
struct Pipe {
  Descriptor read;
  Descriptor write;
};
Result<Pipe> open_pipe();

// An anonymous file in memory that holds `bytes`, at its begin. Never blocks its writer and never raises
// SIGPIPE.
Result<Descriptor> memory_file(std::string_view bytes);

struct SpawnStreams {
  int in;
  int out;
  int err;
  int text = -1; // of a shell, see os/long_text.hpp; -1: none
};

// The child leads a process group of its own, has default signal actions, an empty mask and only these
// streams. not_found or permission when the command or the directory is missing or may not be used.
Result<pid_t> spawn(const ChildRequest& request, const SpawnStreams& streams);

} // namespace deployctl::os
