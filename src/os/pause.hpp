// Waiting that a stop ends at once.
#pragma once

#include <stop_token>

#include <deployctl/strategy.hpp>

namespace deployctl::os {

// For `span`, or until the stop. False when it was stopped.
bool pause(Milliseconds span, const std::stop_token& stop);

} // namespace deployctl::os
