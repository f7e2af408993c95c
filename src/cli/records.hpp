// The local records of a project, opened for reading: commands that only look create nothing.
#pragma once

#include <optional>
#include <string>

#include <deployctl/result.hpp>

#include "cli/project.hpp"
#include "state/history.hpp"
#include "state/local_state.hpp"

namespace deployctl::cli {

struct Records {
  state::LocalState state;
  state::History history;
};

// None when nothing was ever deployed from here.
Result<std::optional<Records>> find_records(Invocation& invocation, const Project& project);

// The cell of a stack; an empty one when it was never used.
Result<state::Cell> cell_of(const Records& records, const std::string& stack);

// The release that is live, or none.
Result<std::optional<state::Release>> live_release(const Records& records, const std::string& stack);

// The release that a person named. Error (not_found) with what there is.
Result<state::Release> named_release(const Records& records, const std::string& stack,
                                     const std::string& selector);

// "release 12, version 1.4.0"
std::string release_title(const state::Release& release);

} // namespace deployctl::cli
