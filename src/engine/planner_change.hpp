// What a step of each kind would do, given what was read: resources by their provider's diff, tasks by
// fingerprint.
#pragma once

#include <span>
#include <string>

#include "engine/planner_step.hpp"

namespace deployctl::engine {

// `planned` has everything that does not depend on the world.
Result<plan::PlannedStep> plan_resource(const Resource& resource, const StepMaterial& context,
                                        std::span<const Result<Reading>> readings, plan::PlannedStep planned);
Result<plan::PlannedStep> plan_task(const PlanRequest& request, const Task& task, const StepMaterial& context,
                                    plan::PlannedStep planned);

// A step that was done before the plan was made: unchanged, with the outputs it gave.
plan::PlannedStep as_settled(plan::PlannedStep planned, const Settled& settled);

// A change without a provider's plan: an artifact's make, a gate's judgement.
Change run_change(std::string stage, Value desired);

// SHA-256 over whether it exists and its managed fields.
std::string fingerprint_of(const Observation& seen);

} // namespace deployctl::engine
