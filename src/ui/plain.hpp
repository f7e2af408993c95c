// One line a state change, with the step in front: for terminals, pipes and CI logs. Never moves the cursor,
// never redraws; control characters that a message quotes become spaces.
#pragma once

#include <map>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "ui/renderer.hpp"
#include "ui/style.hpp"
#include "ui/writer.hpp"

namespace deployctl::ui {

enum class Verbosity { normal, verbose }; // verbose: debug events too

class PlainRenderer final : public Renderer {
public:
  PlainRenderer(Writer& writer, const Clock& clock, Style style, Verbosity verbosity = Verbosity::normal)
      : writer_(writer), clock_(clock), style_(style), verbosity_(verbosity) {}

  void show(const Event& event) override;

private:
  struct Progress {
    double percent = 0;
    std::chrono::nanoseconds shown{0};
  };

  [[nodiscard]] bool is_due(const Event& event); // progress: 5 % or 5 s further than the last line

  Writer& writer_;
  const Clock& clock_;
  Style style_;
  Verbosity verbosity_;
  std::map<std::string, Progress, std::less<>> progress_; // by step and target
};

// "web@app-1: uploading" or "web@app-1 | a line of its output"; for renderers that show single lines.
std::string event_line(const Event& event, const Style& style);

} // namespace deployctl::ui
