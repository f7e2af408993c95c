// Stream sockets in the file system, and descriptors sent over them.
#pragma once

#include <string>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

// Non-blocking, does not pass an exec. not_found: nobody listens there (no file, or a left one); throttled:
// the listener's queue is full.
Result<Descriptor> connect_local(const std::string& path);

// A listening socket at `path`, mode 0600, that does not pass an exec.
Result<Descriptor> listen_local(const std::string& path);

// One byte of zero that carries the descriptor. False: the socket is full now.
Result<bool> send_descriptor(int socket, int descriptor);

} // namespace deployctl::os
