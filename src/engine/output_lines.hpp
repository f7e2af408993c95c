// A stage's output as events: one `step_output` a line. Redaction is the event sink's.
#pragma once

#include <string>

#include <deployctl/ports/sinks.hpp>

namespace deployctl::engine {

class OutputLines final : public LineSink {
public:
  OutputLines(EventSink& events, std::string step, std::string target)
      : events_(events), step_(std::move(step)), target_(std::move(target)) {}

  void line(Stream stream, std::string_view text) override {
    events_.emit({.type = "step_output",
                  .message = std::string(text),
                  .step = step_,
                  .target = target_,
                  .fields = Value::Map{{"stream", stream == Stream::out ? "out" : "err"}}});
  }

private:
  EventSink& events_;
  std::string step_;
  std::string target_;
};

} // namespace deployctl::engine
