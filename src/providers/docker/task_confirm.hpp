// What became of a task's container when nobody listened to its end.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {

// By the labels: done when it ended with 0; in_progress when it runs, or ended otherwise and its result is to
// be taken; not done when it never began.
Confirmation confirm_task(ReadSession& session, const Engine& engine, const Intent& intent);

} // namespace deployctl::providers::docker
