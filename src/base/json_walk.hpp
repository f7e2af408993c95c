// JSON text as events in the order of the text, duplicates and all: for readers to whom the order matters.
// Who wants a Value uses json.hpp.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "base/json.hpp"

namespace deployctl {

class JsonEvents {
public:
  JsonEvents() = default;
  virtual ~JsonEvents() = default;
  JsonEvents(const JsonEvents&) = delete;
  JsonEvents& operator=(const JsonEvents&) = delete;

  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void number(double value) = 0; // integers too
  virtual void text(std::string value) = 0;
  virtual void begin_map() = 0;
  virtual void begin_list() = 0;
  virtual void key(std::string name) = 0; // of the value that comes next
  virtual void end() = 0;                 // of the innermost map or list
};

// Cause::config with the byte offset in the message when the text is not JSON or beyond the limits; the
// events up to there have been told.
Status walk_json(std::string_view text, JsonEvents& events, JsonLimits limits = {});

} // namespace deployctl
