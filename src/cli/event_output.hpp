// The event stream of one invocation: by --output and --quiet on the standard streams, and in --event-file
// beside them. Opened when a run begins, or at the end for a command without one, so that NDJSON always goes
// from `version` to exactly one `summary`.
#pragma once

#include <memory>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "cli/console.hpp"
#include "cli/exit_codes.hpp"
#include "cli/github_job.hpp"
#include "cli/live_view.hpp"
#include "cli/options.hpp"
#include "ui/event_stream.hpp"
#include "ui/writer.hpp"

namespace deployctl::cli {

// Where people read, beside the console; null: it is not that.
struct EventSurface {
  ui::tty::Screen* screen = nullptr; // of the terminal that a live view may be on
  GithubJob* job = nullptr;
};

class EventOutput {
public:
  EventOutput(const Options& options, Console& console, const RedactionSet& redactions, const Clock& clock,
              EventSurface surface = {})
      : options_(options), console_(console), redactions_(redactions), clock_(clock), surface_(surface) {}

  // Error when the event file cannot be written. Once.
  Status open(const std::string& run_id);
  [[nodiscard]] ui::EventStream& stream() { return *stream_; } // open() was called

  // A question is answered on the terminal while the run goes on: until this is destroyed, no view is drawn.
  [[nodiscard]] ScreenHold hold() { return ScreenHold(surface_.screen); }
  // The run has ended; what is written next is the last word.
  void settle();
  // What is about to run, and its plan as people see it: for the page of a job.
  void know_steps(const config::Pipeline& pipeline, const Source& source);
  void know_plan(const std::string& text);
  [[nodiscard]] bool has_job() const { return surface_.job != nullptr; }

  // The last event: the outcome, and what the command's document says. Opens a stream that somebody reads and
  // that is not open yet. Call once, at the very end.
  void finish(ExitCode code, const std::string& run_id);

private:
  [[nodiscard]] std::unique_ptr<ui::Renderer> main_renderer();
  [[nodiscard]] std::unique_ptr<ui::Renderer> live_renderer();
  [[nodiscard]] bool somebody_reads() const;

  const Options& options_;
  Console& console_;
  const RedactionSet& redactions_;
  const Clock& clock_;
  EventSurface surface_;
  std::unique_ptr<ui::Writer> file_;
  std::unique_ptr<ui::EventStream> stream_;
  std::unique_ptr<LiveView> live_; // after the stream, which owns what it draws with
};

} // namespace deployctl::cli
