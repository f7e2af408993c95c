// How a simulated thing is written down, and what an apply makes of it. Pure.
#pragma once

#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/field.hpp>

#include "simulated/world.hpp"

namespace deployctl::simulated {

Value to_value(const Thing& thing); // as facts and undo data hold it
Thing to_thing(const Value& value);

// Puts the managed inputs of `wanted` over `managed`, in the shape that observe() gives: secrets by version,
// files without their local path; a null input takes the field away.
void put_inputs(Value& managed, const Value& wanted, const std::vector<Field>& fields);
bool has_unresolved(const Value& value);

// Percent of the change that is live after this stage: a shift's weight, or the share of act stages that are
// over.
int percent_after(const Change& change, const Stage& stage);

} // namespace deployctl::simulated
