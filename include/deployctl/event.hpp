// What the engine says while it works. Renderers turn events into text, NDJSON or GitHub commands; nothing
// else prints. The types are data: the NDJSON schema, the renderers and the docs are made from `event_types`.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <deployctl/value.hpp>

namespace deployctl {

enum class Level { debug, info, warning, error };

struct EventType {
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array<EventType, 27> event_types = {{
    {"version", "first line of a stream: format and tool version"},
    {"diagnostic", "a mistake or warning about the pipeline"},
    {"plan_started", "observation begins: environment and steps"},
    {"plan_summary", "counts of what would change"},
    {"planned_change", "one step of the plan with its targets and fields"},
    {"approval_requested", "the run waits for a decision"},
    {"approval_granted", "who approved which digest, and how"},
    {"approval_denied", "the answer was not an approval"},
    {"lock_waiting", "another run holds the lock; who and since when"},
    {"lock_acquired", "this run holds the lock"},
    {"lock_released", "the lock is free again"},
    {"run_started", "the run is durable; effects may follow"},
    {"step_started", "a step's first stage starts"},
    {"stage_started", "one stage on one target starts"},
    {"stage_progress", "bytes or counts of a long stage"},
    {"stage_finished", "one stage on one target ended"},
    {"step_output", "a line of remote or child output"},
    {"step_finished", "a step ended: changed, unchanged, failed, skipped"},
    {"gate_judged", "a gate's verdict with its evidence"},
    {"waiting", "what is awaited, since when, and the limit"},
    {"heartbeat", "still waiting; sent every 10 s"},
    {"recovered", "a dead run's stage was resolved, and how"},
    {"rollback_started", "changes are being taken back"},
    {"rollback_finished", "what was taken back and what was not"},
    {"notice", "a notice was sent or could not be sent"},
    {"signal", "an interrupt arrived, and what happens now"},
    {"summary", "last event: outcome, exit code, state of the world, next command"},
}};

struct Event {
  std::string type; // a name of event_types
  Level level = Level::info;
  std::string message; // one human sentence
  std::string step;    // empty when not about a step
  std::string target;  // empty when not about one target
  Value fields;        // map of typed fields, by event type
  // Set by the stream, not by the one who emits:
  std::string time; // RFC 3339, UTC, milliseconds
  std::uint64_t sequence = 0;
  std::string run;
};

} // namespace deployctl
