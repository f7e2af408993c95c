// A stage's output as events: one `step_output` a line, and `stage_progress` as a transfer goes on. Redaction
// is the event sink's.
#pragma once

#include <mutex>
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
  // At most about a hundred events a transfer, and one at its end.
  void progress(const TransferProgress& progress) override;

private:
  [[nodiscard]] bool is_worth_telling(const TransferProgress& progress);

  EventSink& events_;
  std::string step_;
  std::string target_;
  std::mutex mutex_; // guards what was told last
  std::string told_what_;
  std::uint64_t told_ = 0;
};

} // namespace deployctl::engine
