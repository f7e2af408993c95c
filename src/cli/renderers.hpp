// Which renderers an invocation wants: by --output and --quiet on the standard streams, and --event-file
// beside them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "ui/event_stream.hpp"
#include "ui/writer.hpp"

namespace deployctl::cli {

// The stream of one run. `event_file` is filled when one is wanted and must outlive the stream. Error when
// the file cannot be written.
Result<std::unique_ptr<ui::EventStream>> open_event_stream(Invocation& invocation, const std::string& run_id,
                                                           std::unique_ptr<ui::Writer>& event_file);

} // namespace deployctl::cli
