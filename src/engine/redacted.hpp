// Values on their way into records: every text passes through the run's redactions.
#pragma once

#include <deployctl/value.hpp>

#include "base/redactor.hpp"

namespace deployctl::engine {

Value redacted(const Value& value, const RedactionSet& redactions);

} // namespace deployctl::engine
