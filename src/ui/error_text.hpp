// A failure of the world or of a command line, as text and as data: what failed, while doing what, what the
// world said, and what helps. Mistakes in a pipeline are Diagnostics and have their own view.
#pragma once

#include <string>

#include <deployctl/error.hpp>
#include <deployctl/value.hpp>

#include "ui/style.hpp"

namespace deployctl::ui {

std::string error_text(const Error& error, const Style& style);

// {cause, message, help?, frames?, evidence?}
Value error_value(const Error& error);

} // namespace deployctl::ui
