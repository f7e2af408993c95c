// Shows events to one reader: a person, a program, or nobody unless something failed. One event at a time, in
// order.
#pragma once

#include <deployctl/event.hpp>

namespace deployctl::ui {

class Renderer {
public:
  virtual ~Renderer() = default;
  virtual void show(const Event& event) = 0; // redacted, with sequence, time and run
};

} // namespace deployctl::ui
