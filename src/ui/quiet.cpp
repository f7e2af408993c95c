#include "ui/quiet.hpp"

#include "ui/plain.hpp"

namespace deployctl::ui {

void QuietRenderer::show(const Event& event) {
  const std::string place = event.step + "@" + event.target;
  if (event.type == "step_output") {
    std::deque<std::string>& lines = output_[place];
    lines.push_back(event_line(event, style_));
    if (lines.size() > lines_kept) lines.pop_front();
  } else if (event.type == "summary") {
    const Value* code = event.fields.find("exit_code");
    if (code && !(*code == Value(0))) writer_.write(report_);
  } else if (event.level == Level::error) {
    for (const std::string& line : output_[place]) report_.append(line);
    output_.erase(place);
    report_.append(event_line(event, style_));
  }
}

} // namespace deployctl::ui
