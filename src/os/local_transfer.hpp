// The files of a transfer on this machine. For local_host.cpp.
#pragma once

#include <stop_token>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>
#include <deployctl/result.hpp>

namespace deployctl::os {

// Every file is verified while it is written beside its final name; all are complete before the first one
// appears. Durable when it returns. No symbolic link below the destination is followed.
Status write_files(const Clock& clock, const HostTransfer& transfer, const std::stop_token& stop);

} // namespace deployctl::os
