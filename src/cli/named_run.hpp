// The run that a person means on the command line of `resume`, `recover` and `abort`, and whose environment
// it is of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "cli/records.hpp"

namespace deployctl::cli {

struct NamedRun {
  std::string run;
  std::string environment;
};

// Of all environments of the pipeline, those with a run that is not over.
Result<std::vector<NamedRun>> pending_runs(const Records& records, const Project& project);

// The first argument, else the pending run of `--env`, else the only one that is pending. None when nothing
// is pending; error (config) when there is no such run, or several are pending.
Result<std::optional<NamedRun>> named_run(Invocation& invocation, const Project& project);

} // namespace deployctl::cli
