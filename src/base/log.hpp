// The run's log file for people who look for causes: time, level, message. The one wrapper of spdlog. Every
// message passes the redactor first. Not for results or progress: those are events.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <deployctl/event.hpp>
#include <deployctl/result.hpp>

#include "base/redactor.hpp"

namespace deployctl {

class Log {
public:
  // Appends to `path`, which is created with mode 0600.
  static Result<Log> open(const std::string& path, const RedactionSet& secrets, Level least = Level::debug);
  Log(Log&&) noexcept;
  Log& operator=(Log&&) noexcept;
  ~Log();

  void write(Level level, std::string_view message); // thread-safe; flushed from warnings upward
  void flush();

private:
  struct Sink;
  explicit Log(std::unique_ptr<Sink> sink);
  std::unique_ptr<Sink> sink_;
};

} // namespace deployctl
