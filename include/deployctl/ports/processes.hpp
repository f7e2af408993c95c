// Running a child process on this machine: argv only, an environment that was asked for, a deadline, streamed
// output. Not for commands on hosts (ports/hosts.hpp), also when the host is this machine.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/sinks.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl {

struct ProcessRequest {
  std::string operation;                   // a name of the provider's operation table
  std::vector<std::string> argv;           // argv[0] is looked up in the child's PATH
  std::map<std::string, Text> environment; // all the child gets, apart from `inherit`
  std::vector<std::string> inherit; // names passed on from this process when set: PATH HOME LANG TZ ...
  std::string directory;            // working directory; empty: the pipeline's folder
  Text input;                       // standard input, then end of file
  Milliseconds timeout{600'000};
  Milliseconds grace{5'000};           // between SIGTERM and SIGKILL, to the whole process group
  std::size_t capture_limit = 1 << 20; // bytes of each stream kept for the result
  LineSink* output = nullptr;          // also streamed here, if wanted
};

struct ProcessResult {
  int exit_code = 0; // 128 + n when ended by signal n
  bool timed_out = false;
  bool cancelled = false;
  std::string out;
  std::string err;
};

class Processes {
public:
  virtual ~Processes() = default;
  // Error only if the process could not be run at all; a non-zero exit is a result.
  virtual Result<ProcessResult> run(const ProcessRequest& request, std::stop_token stop) = 0;
};

} // namespace deployctl
