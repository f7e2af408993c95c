// Where events and lines of output go. Implementations redact before anything is written.
#pragma once

#include <string_view>

#include <deployctl/event.hpp>

namespace deployctl {

class EventSink {
public:
  virtual ~EventSink() = default;
  virtual void emit(Event event) = 0; // thread-safe
};

enum class Stream { out, err };

// Output of a child process or a remote command: whole lines, already sanitised and capped. Thread-safe.
class LineSink {
public:
  virtual ~LineSink() = default;
  virtual void line(Stream stream, std::string_view text) = 0;
};

} // namespace deployctl
