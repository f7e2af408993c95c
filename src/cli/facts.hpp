// Gathers what config may know about the world: variables, flags, git, CI, and what is live. Facts are
// values; nothing here decides.
#pragma once

#include <optional>
#include <string>

#include "cli/invocation.hpp"
#include "config/facts.hpp"
#include "state/release.hpp"
#include "vcs/repository.hpp"

namespace deployctl::cli {

// Variables and flags only: what `validate` knows.
config::Facts facts_of_process(const Invocation& invocation);

// Everything about the place where the pipeline stands, for plan and apply.
struct Surroundings {
  config::Facts facts;
  std::optional<vcs::Repository> repository; // none outside of one, or before its first commit
};

// A commit that is deployed from a tree of its own, not from the working tree.
struct Revision {
  std::string tag;
  std::string commit; // 40 hex
};

// `live` is the current release, or null. With a revision the facts of git are its, not those of HEAD.
Result<Surroundings> survey(const Invocation& invocation, const std::string& directory,
                            const std::string& run_id, const state::Release* live,
                            const Revision* revision = nullptr);

// Branch and tag as the CI's variables tell them: what HEAD does not know when it is detached.
struct CiRefs {
  std::string branch;
  std::string tag;
};
CiRefs ci_refs(const os::Environment& environment);

} // namespace deployctl::cli
