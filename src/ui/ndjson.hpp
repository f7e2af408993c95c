// One JSON object a line: the machine's view of a run, on standard output or in `--event-file`. Its schema is
// docs/schema/events.schema.json, made by event_schema() from the same table.
#pragma once

#include <string>

#include <deployctl/value.hpp>

#include "ui/renderer.hpp"
#include "ui/writer.hpp"

namespace deployctl::ui {

class NdjsonRenderer final : public Renderer {
public:
  explicit NdjsonRenderer(Writer& writer) : writer_(writer) {}
  void show(const Event& event) override;

private:
  Writer& writer_;
};

// {type, level, ts, seq, run, message, step?, target?, fields?}
Value event_value(const Event& event);

// JSON Schema (draft-07) of one line.
Value event_schema();

} // namespace deployctl::ui
