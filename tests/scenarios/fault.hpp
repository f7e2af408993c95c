// A fault of the simulated world as a script writes it, and as a transcript tells it.
#pragma once

#include <string>

#include "simulated/world.hpp"
#include "yaml/document.hpp"

namespace deployctl::scenarios {

simulated::Rule read_fault(const std::string& act, const yaml::Node& details);
std::string fault_text(const simulated::Rule& rule, const std::string& act);

} // namespace deployctl::scenarios
