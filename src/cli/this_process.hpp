// Who is doing this, for records and locks: the person, the machine, the command line.
#pragma once

#include <string>

#include "cli/invocation.hpp"
#include "state/holder.hpp"

namespace deployctl::cli {

std::string user_at_host(const Invocation& invocation); // "ann@laptop"
std::string command_text(const Invocation& invocation); // "apply production": never a flag's value
state::Holder holder_of(const Invocation& invocation, const std::string& run);

} // namespace deployctl::cli
