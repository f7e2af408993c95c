// One child process from start to end, for processes.cpp and local_host.cpp: a process group of its own,
// input from memory, output streamed, a deadline, and an end that leaves nothing behind when it was cut
// short.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/sinks.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/text.hpp>

namespace deployctl::os {

// "NAME=value" strings that are zeroed at the end, because values may be secret.
class ChildEnvironment {
public:
  ChildEnvironment() = default;
  ChildEnvironment(const ChildEnvironment&) = delete;
  ChildEnvironment& operator=(const ChildEnvironment&) = delete;
  ~ChildEnvironment();

  // Cause::config for a name that is not [A-Za-z_][A-Za-z0-9_]* or a value with a NUL; a later set wins.
  Status set(const std::string& name, const Text& value);
  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] std::vector<char*> pointers(); // ends with a null pointer; valid until the next set

private:
  std::vector<std::string> entries_;
};

struct ChildRequest {
  std::vector<std::string> argv; // argv[0] without '/' is looked up in the environment's PATH
  ChildEnvironment& environment;
  std::string directory;
  Text input;
  Milliseconds timeout;
  Milliseconds grace;
  std::size_t capture_limit;
  LineSink* output = nullptr;
};

struct ChildResult {
  int exit_code = 0; // 128 + n when ended by signal n
  bool timed_out = false;
  bool cancelled = false;
  std::string out;
  std::string err;
};

// Error only when the child could not be started.
Result<ChildResult> run_child(const Clock& clock, const ChildRequest& request, std::stop_token stop);

} // namespace deployctl::os
