// The tree that a rollback is about: the working tree's pipeline over a record, or, without a record, the
// source at a tag. And the saved plans of either.
#pragma once

#include <optional>
#include <string>

#include "cli/checkout.hpp"
#include "plan/plan.hpp"

namespace deployctl::cli {

// The source at the tag `to`, when no release of that name is recorded. None: there is a record, or neither.
Result<std::optional<Checkout>> tag_without_record(Invocation& invocation, const Project& project,
                                                   const std::string& stack, const std::string& to);

// `apply FILE` of what `rollback -o FILE` saved.
Result<ExitCode> apply_saved_rollback(Invocation& invocation, const Project& project, plan::Plan plan);

} // namespace deployctl::cli
