// The event stream of one invocation: by --output and --quiet on the standard streams, and in --event-file
// beside them. Opened when a run begins, or at the end for a command without one, so that NDJSON always goes
// from `version` to exactly one `summary`.
#pragma once

#include <memory>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "cli/console.hpp"
#include "cli/exit_codes.hpp"
#include "cli/options.hpp"
#include "ui/event_stream.hpp"
#include "ui/writer.hpp"

namespace deployctl::cli {

class EventOutput {
public:
  EventOutput(const Options& options, Console& console, const RedactionSet& redactions, const Clock& clock)
      : options_(options), console_(console), redactions_(redactions), clock_(clock) {}

  // Error when the event file cannot be written. Once.
  Status open(const std::string& run_id);
  [[nodiscard]] ui::EventStream& stream() { return *stream_; } // open() was called

  // The last event: the outcome, and what the command's document says. Opens a stream that somebody reads and
  // that is not open yet. Call once, at the very end.
  void finish(ExitCode code, const std::string& run_id);

private:
  [[nodiscard]] std::unique_ptr<ui::Renderer> main_renderer();
  [[nodiscard]] bool somebody_reads() const;

  const Options& options_;
  Console& console_;
  const RedactionSet& redactions_;
  const Clock& clock_;
  std::unique_ptr<ui::Writer> file_;
  std::unique_ptr<ui::EventStream> stream_;
};

} // namespace deployctl::cli
