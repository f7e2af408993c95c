// What yaml-cpp reads, as calls on an interface of ours: the only door to the library.
// Offsets are bytes of the text given. No tree, no checks: those are tree.hpp's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace deployctl::yaml {

// 0: not anchored. Every anchor written gets a number of its own, also when its name comes twice.
using Anchor = std::size_t;

enum class Collection { list, map };

class EventSink {
public:
  virtual ~EventSink() = default;
  virtual void document(std::size_t at) = 0;
  virtual void null(std::size_t at, Anchor anchor) = 0; // an implicit one is placed at the next token
  virtual void alias(std::size_t at, Anchor anchor) = 0;
  virtual void scalar(std::size_t at, Anchor anchor, std::string value) = 0;
  virtual void begin(Collection kind, std::size_t at, Anchor anchor, bool flow) = 0;
  virtual void end() = 0;
  // Asked after every call; true ends the reading.
  [[nodiscard]] virtual bool stopped() const = 0;
};

struct SyntaxError {
  std::string message; // the library's words
  std::size_t at = 0;
};

// Nothing when the text was read to its end or the sink stopped.
std::optional<SyntaxError> read_events(std::string_view text, EventSink& sink);

} // namespace deployctl::yaml
