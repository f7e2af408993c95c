// From a project to the pipeline of one environment: facts gathered, configuration loaded, mistakes shown.
#pragma once

#include <optional>
#include <string>

#include <deployctl/provider.hpp>

#include "cli/checkout.hpp"
#include "cli/facts.hpp"
#include "cli/project.hpp"
#include "config/pipeline.hpp"
#include "providers/surroundings.hpp"

namespace deployctl::cli {

struct Loaded {
  Catalog catalog;
  config::Pipeline pipeline;
  Surroundings surroundings;
};

// What a run adds to the facts; all may be left out by commands that only look.
struct RunFacts {
  std::string run_id;
  const state::Release* live = nullptr;
  const Checkout* checkout = nullptr; // where the project's tree comes from, when not from the working tree
  providers::HostWay host_way = {};   // to what listens on hosts; used once the pipeline is loaded
};

// Error (config) when the environment is not there or the pipeline has mistakes; they have been shown.
Result<Loaded> load_environment(Invocation& invocation, const Project& project,
                                const std::string& environment, const RunFacts& run = {});

} // namespace deployctl::cli
