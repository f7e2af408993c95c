// The notices of one environment (`notify`): what each sends, about which events, and in which words. Reading
// only; when they are sent is the engine's.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "config/action_reading.hpp"
#include "config/pipeline.hpp"

namespace deployctl::config {

struct EventName {
  std::string_view name;
  std::string_view help;
};

// The root `event`, beside those of scope.hpp: what is told, known when there is something to tell.
inline constexpr unsigned event_root = 1U << 9U;

// What ${event.NAME} gives in `with` of a notice; empty where there is nothing to say.
inline constexpr std::array<EventName, 14> event_names = {{
    {"name", "started, approval, succeeded, failed or rolled_back"},
    {"operation", "apply, rollback or run"},
    {"run", "the run's id"},
    {"version", "the version that is deployed"},
    {"commit", "the commit that is deployed"},
    {"previous_version", "the version that was live before"},
    {"by", "who started the run, and where"},
    {"error", "why it failed"},
    {"help", "what may help against that"},
    {"where", "in which step it failed"},
    {"changed", "how many targets were changed"},
    {"took", "how long it took"},
    {"next_command", "the command that goes on"},
    {"job", "the address of the CI job"},
}};

// Those that this environment has, in file order.
std::vector<NoticeUse> read_notices(const ActionReading& inputs);

} // namespace deployctl::config
