// The verbs of a provider, asked without knowing its kind: what a kind does not have is the neutral answer.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::engine {

Result<Value> apply_stage(const Provider& provider, WriteSession& session, const Change& change,
                          const Stage& stage, const Intent& intent);
Confirmation confirm(const Provider& provider, ReadSession& session, const Intent& intent);
Diagnosis diagnose(const Provider& provider, ReadSession& session, const Failure& failure);
Readiness ready(const Provider& provider, ReadSession& session, const Change& change, const Stage& stage);

template <class Verb>
const Verb* verbs(const Provider& provider) {
  const auto* found = std::get_if<std::shared_ptr<const Verb>>(&provider.verbs);
  return found ? found->get() : nullptr;
}

} // namespace deployctl::engine
