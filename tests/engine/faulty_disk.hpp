// A disk that fails at one numbered point: every write, sync, reservation and rename of a file below one
// folder is a point, whoever does it (journal, blobs, cell, SQLite). The functions of the C library are
// replaced in the test program, so nothing in the product knows of it.
#pragma once

#include <string>

namespace deployctl::engine {

enum class DiskFault {
  none,  // only counts
  kill,  // the process dies there: an exception where the caller is ours, and the disk takes nothing more
  torn,  // like kill, after half of the bytes
  error, // EIO, once
  full,  // no space from there on
};

struct ProcessDied {};

// Points are counted and the fault happens while this lives. One at a time.
class FaultyDisk {
public:
  FaultyDisk(std::string folder, DiskFault fault, int at);
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  [[nodiscard]] bool happened() const;
  [[nodiscard]] std::string where() const; // "journal write": where it happened
};

} // namespace deployctl::engine
