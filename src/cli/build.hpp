// How a plan is to be made, as the flags of `plan` and `apply` say: with `--build` artifacts are made before.
#pragma once

#include <optional>

#include "cli/wiring.hpp"

namespace deployctl::cli {

struct PlanOptions {
  engine::ApplyOptions options;
  std::optional<ExitCode> failed; // artifacts could not be made; how it ended was shown
};

// Error (config) for flags that contradict each other or the pipeline.
Result<PlanOptions> plan_options(Invocation& invocation, const Project& project, Wiring& wiring);

// A saved plan says itself how it was made: those flags beside it are an error (config).
Status refuse_plan_flags(const Invocation& invocation, const std::string& plan);

} // namespace deployctl::cli
