// Where events and lines of output go. Implementations redact before anything is written.
#pragma once

#include <cstdint>
#include <string_view>

#include <deployctl/event.hpp>

namespace deployctl {

class EventSink {
public:
  virtual ~EventSink() = default;
  virtual void emit(Event event) = 0; // thread-safe
};

enum class Stream { out, err };

// How far a long transfer is, in bytes.
struct TransferProgress {
  std::string_view what; // "upload"
  std::uint64_t done = 0;
  std::uint64_t total = 0; // 0: not known
};

// Output of a child process or a remote command: whole lines, already sanitised and capped. Thread-safe.
class LineSink {
public:
  virtual ~LineSink() = default;
  virtual void line(Stream stream, std::string_view text) = 0;
  // May be called for every chunk; who shows none of it does nothing.
  virtual void progress(const TransferProgress& /*progress*/) {}
};

} // namespace deployctl
