// Facts of one host, asked for in one command together with whatever else is to be seen there: who we are,
// the machine, its clock, free space, tools, and which runs were admitted last. The script reads only; its
// answer is a frame of lines, so that one that broke off is told from a short one.
//
//   deployctl-facts 1
//   user deploy                      one fact a line
//   disk 1048576 /srv/web /srv       free KiB, mount point, the folder that was asked about
//   ask 0                            the answer to the first own question, in lines of its own
//   ...
//   end
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::providers {

struct DiskFacts {
  std::string mount;
  std::int64_t free = 0; // KiB
  friend bool operator==(const DiskFacts&, const DiskFacts&) = default;
};

// The last run that a fence of this host admitted (docs/hosts.md).
struct FenceFacts {
  std::string name;
  std::int64_t epoch = 0;
  std::string run;
  friend bool operator==(const FenceFacts&, const FenceFacts&) = default;
};

struct HostFacts {
  std::string user;
  std::string home;
  std::string kernel;                       // "Linux 6.1.0-18-amd64"
  std::string machine;                      // as uname has it: "x86_64"
  std::int64_t time = 0;                    // seconds by the host's clock
  std::map<std::string, DiskFacts> disks;   // by the folder that was asked about
  std::map<std::string, std::string> tools; // name -> first line of its version; not there: missing
  std::vector<FenceFacts> fences;
  friend bool operator==(const HostFacts&, const HostFacts&) = default;

  // As images and releases name it: "amd64", "arm64" ...; as uname has it when that is not known.
  [[nodiscard]] std::string architecture() const;
};

struct HostAnswer {
  HostFacts facts;
  std::vector<std::string_view> answers; // to the own questions, in order; views of the text
};

// Cause::command_failed for a text that is no whole frame, or that answers another number of questions.
Result<HostAnswer> parse_host_answer(std::string_view out, std::size_t questions);

// Seconds by which the host's clock is ahead (negative: behind) for sure, when it was read between `before`
// and `after` of ours.
std::int64_t clock_offset(const HostFacts& facts, std::chrono::system_clock::time_point before,
                          std::chrono::system_clock::time_point after);

// RFC 3339 of seconds since the epoch by a host's clock; empty when that is no time.
std::string host_time(std::string_view seconds);

// For plans: one map.
Value to_value(const HostFacts& facts, std::int64_t offset);

} // namespace deployctl::providers
