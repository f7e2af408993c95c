// The manual page of the language, from the tables the validator uses.
#pragma once

#include <string>

namespace deployctl::config {

std::string language_manual(); // deployctl-pipeline(5), in mdoc

} // namespace deployctl::config
