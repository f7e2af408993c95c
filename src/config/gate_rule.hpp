// A gate's rule from its keys. Pure; the engine applies it.
#pragma once

#include <deployctl/value.hpp>

#include "config/pipeline.hpp"

namespace deployctl::config {

// Of a gate's or a step's keys in the shape of the language's table.
GateRule gate_rule_of(const Value& keys);

// For the pipeline's digest: only what was written. Empty: null.
Value gate_rule_value(const GateRule& rule);

} // namespace deployctl::config
