// A step's inputs as the planner uses them: what is recorded, what a provider is asked with, and what is
// still unknown. Pure but for the file probe and the secret versions it is given.
#pragma once

#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "config/interpolation.hpp"
#include "engine/planner.hpp"

namespace deployctl::engine {

struct UnknownField {
  std::string path; // "env.IMAGE"
  Unknown unknown;
};

struct StepInputs {
  Value written; // as recorded: files by digest, secrets with versions, known outputs put in
  Value asked;   // for verbs: with resets and defaults, without what is unknown
  // For observe: `asked` with unknown fields as null, so that they count as managed. Null when nothing is
  // unknown.
  Value looked_at;
  std::vector<UnknownField> unknown; // in path order
  bool identity_known = true;
};

// What is recorded. Errors: a reference without an answer, an input that is wrong now that it is known.
Result<Value> written_inputs(const PlanRequest& request, const Description& description,
                             const config::Step& step, const config::Outputs& outputs);

// `recorded`: the live release's inputs for the same thing, or null. A field that it has and these inputs do
// not is reset: its fallback, or null.
StepInputs asked_inputs(const Description& description, Value written, const Value& recorded);

// Fields of `recorded` that `written` does not have, as null; in objects that both have, too. Fields that the
// table no longer knows are left alone.
Value with_resets(std::span<const Field> table, const Value& written, const Value& recorded);

} // namespace deployctl::engine
