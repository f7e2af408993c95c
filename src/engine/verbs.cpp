#include "engine/verbs.hpp"

#include <fmt/core.h>

namespace deployctl::engine {

Result<Value> apply_stage(const Provider& provider, WriteSession& session, const Change& change,
                          const Stage& stage, const Intent& intent) {
  if (const auto* resource = verbs<Resource>(provider))
    return resource->apply(session, change, stage, intent);
  if (const auto* task = verbs<Task>(provider)) return task->apply(session, change, stage, intent);
  if (const auto* artifact = verbs<Artifact>(provider)) return artifact->make(session, intent.ask, intent);
  return fail(Cause::internal, fmt::format("'{}' has nothing to apply", provider.description.name));
}

Confirmation confirm(const Provider& provider, ReadSession& session, const Intent& intent) {
  if (const auto* resource = verbs<Resource>(provider)) return resource->confirm(session, intent);
  if (const auto* task = verbs<Task>(provider)) return task->confirm(session, intent);
  if (const auto* artifact = verbs<Artifact>(provider)) return artifact->confirm(session, intent);
  return {};
}

Diagnosis diagnose(const Provider& provider, ReadSession& session, const Failure& failure) {
  if (const auto* resource = verbs<Resource>(provider)) return resource->diagnose(session, failure);
  if (const auto* task = verbs<Task>(provider)) return task->diagnose(session, failure);
  return {failure.error.cause, failure.error.message, failure.error.evidence};
}

Readiness ready(const Provider& provider, ReadSession& session, const Change& change, const Stage& stage) {
  if (const auto* resource = verbs<Resource>(provider)) return resource->ready(session, change, stage);
  return {};
}

} // namespace deployctl::engine
