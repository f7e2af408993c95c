// Who a process is, beyond its reusable pid: proof of life or death of a lock's holder on the same machine.
#pragma once

#include <cstdint>
#include <string>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct ProcessIdentity {
  std::int64_t pid = 0;
  std::uint64_t start_time = 0; // clock ticks since boot, /proc/PID/stat field 22
  std::string boot_id;          // /proc/sys/kernel/random/boot_id
  std::string host;             // gethostname
  std::string user;             // of the effective uid; the number when it has no name

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

enum class Life { alive, dead, unknown }; // unknown: another machine

Result<ProcessIdentity> this_process();
// Dead is proof: another boot of this machine, no such pid, or a later process with the same pid.
Life life_of(const ProcessIdentity& identity);

} // namespace deployctl::os
