// Nothing while all goes well; when the run fails, one report: the last output of what failed, then every
// error.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "ui/renderer.hpp"
#include "ui/style.hpp"
#include "ui/writer.hpp"

namespace deployctl::ui {

class QuietRenderer final : public Renderer {
public:
  QuietRenderer(Writer& writer, Style style) : writer_(writer), style_(style) {}
  void show(const Event& event) override;

private:
  static constexpr std::size_t lines_kept = 20; // of output, per step and target

  Writer& writer_;
  Style style_;
  std::map<std::string, std::deque<std::string>, std::less<>> output_;
  std::string report_;
};

} // namespace deployctl::ui
