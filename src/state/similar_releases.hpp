// Versions of recorded releases that look like what somebody typed, for the help of "there is no such
// release". Nothing is chosen by it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "state/history.hpp"

namespace deployctl::state {

// At most three, nearest first; none when the history cannot be read.
std::vector<std::string> similar_releases(const History& history, const std::string& stack,
                                          std::string_view selector);

} // namespace deployctl::state
