// The simulated world in words: what each thing holds, and which effects there were. This is what a
// transcript's endings are checked against.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "simulated/world.hpp"

namespace deployctl::scenarios {

// "v1", "v1, 25% on v2"; "not there" for none.
std::string thing_text(const std::optional<simulated::Thing>& thing);

// One line for all hosts that hold the same: "web: v2 on app-1, app-2".
std::vector<std::string> things_text(const std::map<std::string, simulated::Thing>& things);

} // namespace deployctl::scenarios
