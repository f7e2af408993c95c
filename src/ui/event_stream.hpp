// The one stream of events of a run: numbers them, dates them, takes secrets out, and hands each to every
// renderer. Nothing reaches a renderer around it. The first event is always `version`.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/sinks.hpp>

#include "ui/renderer.hpp"

namespace deployctl::ui {

// The version of the stream's format: the minor number grows when something is added, readers ignore what
// they do not know; the major one when something changes or goes.
inline constexpr std::string_view event_format = "1.0";

struct StreamOptions {
  std::string run;                                     // id written into every event
  std::string tool;                                    // version, for the first line
  std::function<std::string(std::string_view)> redact; // takes resolved secrets out of one text
};

class EventStream final : public EventSink {
public:
  EventStream(const Clock& clock, StreamOptions options, std::vector<std::unique_ptr<Renderer>> renderers);

  void emit(Event event) override;

private:
  void show(Event event); // mutex_ is held

  const Clock& clock_;
  StreamOptions options_;
  std::mutex mutex_; // guards everything below
  std::vector<std::unique_ptr<Renderer>> renderers_;
  std::uint64_t sequence_ = 0;
};

} // namespace deployctl::ui
